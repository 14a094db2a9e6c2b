import { isIP } from 'node:net';
import type { AdminSessions } from './admin-sessions.ts';
import { type AdminAnswer, type Exposure, problem } from './endpoint.ts';

/** Who may ask what of the admin port. */
export interface AccessRules {
  /** Bound where only this machine comes in. */
  readonly isLoopback: boolean;
  /** Names that `Host` may have beside addresses: the bound name, those of `--gui-hosts`. */
  readonly hostNames: ReadonlySet<string>;
  /** Null where no token is asked for. */
  readonly sessions: AdminSessions | null;
}

/** What decides about a request. */
export interface AccessRequest {
  /** Address of who asks. */
  readonly client: string;
  readonly method: string;
  /** The field `Host`; empty where there is none. */
  readonly host: string;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** `Sec-Fetch-Site`: what a browser says of the page that asks. */
  readonly site: string | undefined;
  /** `Sec-Fetch-Mode`: `navigate` where a person goes there. */
  readonly mode: string | undefined;
}

/**
 * Null where the request may go on; else the answer that refuses it. `Host` must name this machine, or a page in a browser could read the answer under a name
 * that it has pointed here (DNS rebinding); what changes something must come from the page itself or carry the token (cross-site request forgery).
 */
export function refusal(request: AccessRequest, exposure: Exposure, rules: AccessRules): AdminAnswer | null {
  const { isLoopback, sessions } = rules;
  // Old probes send none; browsers always do.
  if ((isLoopback || exposure !== 'public') && request.host !== '' && !isOwnHost(request.host, rules))
    return problem(
      403,
      isLoopback
        ? 'This port answers only to localhost, 127.0.0.1 and [::1].'
        : 'This port does not answer to the name in Host: name it with --gui-hosts.',
    );
  if (exposure === 'public') return null;
  if (!isLoopback && sessions === null)
    return problem(
      403,
      'Beyond loopback the page and its API need a token: start the gateway with --gui-token-file=FILE.',
    );
  const token = bearer(request.authorization);
  if (token !== '' && sessions?.isGuessed(request.client) === true) return tooManyGuesses();
  const hasToken = sessions?.isToken(token, request.client) ?? false;
  const isChanging = request.method !== 'GET' && request.method !== 'HEAD';
  if (!hasToken && isChanging && !isSameOrigin(request))
    return problem(
      403,
      'Changes are taken only from the page itself: Origin must be the address of this port (or send the token: Authorization: Bearer).',
    );
  // A page elsewhere could learn from what loads and what does not, and from how long it takes. Only the page itself may be linked to.
  const isLink = exposure === 'page' && request.mode === 'navigate';
  if (!hasToken && !isLink && (request.site === 'cross-site' || request.site === 'same-site'))
    return problem(403, 'Requests of other pages are not answered. Open the address by itself.');
  if (exposure === 'page' || sessions === null || hasToken) return null;
  if (sessions.isOpen(request.cookie, request.client)) return null;
  return problem(
    401,
    'The token is asked for: POST it to /api/session, or send it as Authorization: Bearer.',
  );
}

/** The answer to a client whose wrong tokens come too fast, whatever it shows next. */
export function tooManyGuesses(): AdminAnswer {
  return problem(429, 'Too many wrong tokens: wait a minute.', {}, { 'Retry-After': '60' });
}

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}

function isOwnHost(host: string, { isLoopback, hostNames }: AccessRules): boolean {
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host)) return true;
  if (isLoopback) return false;
  const name = /^(\[[^\]]+\]|[^:]+)(?::\d{1,5})?$/.exec(host)?.[1]?.toLowerCase() ?? '';
  // Nobody can point an address elsewhere.
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || hostNames.has(name);
}

function isSameOrigin({ origin, host }: AccessRequest): boolean {
  // A proxy in front may speak TLS to the browser.
  return host !== '' && (origin === `http://${host}` || origin === `https://${host}`);
}

function bearer(authorization: string | undefined): string {
  return /^Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1] ?? '';
}
