import { formatBytes, formatCount, formatDuration } from '../../parts/format.ts';
import { END_ERRORS, type ErrorWords, MESSAGE_ERRORS } from './error-words.ts';
import type { ShownGap, ShownRecord, ShownSummary } from './shown-record.ts';
import { statusText } from './status-text.ts';

/** What is remarkable about a record, in words. They may hold text of the record. */
export interface Explanation {
  readonly tone: 'danger' | 'warning' | 'notice';
  readonly sentence: string;
  readonly advice: string;
}

/** Says what went wrong and what to do about it; null where nothing did. */
export function explain(record: ShownRecord): Explanation | null {
  if (record.gap !== null) return explainGap(record.gap);
  if (record.summary !== null) return explainSummary(record, record.summary);
  if (record.error !== null) return explainError(record, record.error);
  if (record.kind === 'tunnel')
    return {
      tone: 'notice',
      sentence:
        'The connection switched to another protocol: from there on its bytes are counted, not recorded.',
      advice: `${amount(record.request.bytes)} came from the client, ${amount(record.response.bytes)} from the application.`,
    };
  if (record.kind === 'broken')
    return {
      tone: 'warning',
      sentence: 'These bytes belong to no request.',
      advice: 'Blank lines, or an answer that nobody asked for. They are counted so that no byte is missing.',
    };
  if (record.status !== null && record.status >= 500)
    return {
      tone: 'danger',
      sentence: `The application answered ${statusText(record.status)}.`,
      advice: 'Its answer and its log at this time tell why.',
    };
  return null;
}

const TLS_ADVICE =
  'The bytes that came begin TLS, and this port does not speak it: use http://, or start the gateway with --tls-cert and --tls-key.';

/** Whether a client began a handshake (RFC 8446 section 5.1) where a request should be. */
function isTls({ refused }: ShownRecord): boolean {
  return refused !== null && refused.head.startsWith('\u0016\u0003');
}

function explainError(record: ShownRecord, error: { type: string; message: string }): Explanation {
  const own = record.isFromGateway
    ? `The gateway answered ${record.status === null ? '' : `${record.status} `}itself: `
    : '';
  const application = record.upstream === null ? 'the application' : `the application at ${record.upstream}`;
  const say = (what: string, advice: string, tone: Explanation['tone'] = 'danger'): Explanation => ({
    tone,
    sentence: own === '' ? `${what[0]!.toUpperCase()}${what.slice(1)}.` : `${own}${what}.`,
    advice,
  });
  const malformed = wordsOf(MESSAGE_ERRORS, error.type);
  if (malformed !== null) {
    if (error.message.startsWith('upstream:'))
      return say(
        `the answer of ${application} could not be read: ${malformed.what}`,
        adviceForAnswer(error.type, malformed),
      );
    const status = record.status === null ? '' : ` with ${statusText(record.status)}`;
    return {
      tone: 'danger',
      sentence: `Refused${record.isFromGateway ? status : ''}: ${malformed.what}.`,
      advice: isTls(record) ? TLS_ADVICE : malformed.advice,
    };
  }
  const ended = wordsOf(END_ERRORS, error.type);
  if (ended === null)
    return say(
      error.message === '' ? `it failed: ${error.type}` : withoutPeriod(error.message),
      'A script has said so, or a newer version of the gateway.',
    );
  const special = explainEnd(record, error, application);
  return say(special?.what ?? ended.what, special?.advice ?? ended.advice, special?.tone);
}

/** The ends that tell more than their type. */
function explainEnd(
  record: ShownRecord,
  { type, message }: { type: string; message: string },
  application: string,
): { what: string; advice: string; tone?: Explanation['tone'] } | null {
  const { advice } = END_ERRORS[type]!;
  const after = record.durationNs === null ? '' : `, after ${formatDuration(record.durationNs)}`;
  switch (type) {
    case 'client-closed':
      if (message.includes('inside its request'))
        return {
          what: `the client closed before its request was complete${after}`,
          advice: 'Less came than its length said: an upload that was broken off, or a crash of the client.',
        };
      if (record.status === null) return { what: `the client closed before any answer came${after}`, advice };
      return { what: `the client closed before the answer was complete${after}`, advice };
    case 'connection-broken':
    case 'ReadError':
      return record.status === null || record.isFromGateway
        ? { what: `the connection to ${application} broke before it answered`, advice }
        : { what: `${application} broke off in the middle of its answer${after}`, advice };
    case 'upstream-closed':
      return record.status === null || record.isFromGateway
        ? { what: `${application} closed the connection without an answer`, advice }
        : { what: `${application} closed the connection before its answer was complete`, advice };
    case 'ConnectionRefused':
      return explainRefused(message, application, advice);
    case 'CannotResolve':
      return { what: `the name of ${application} cannot be resolved`, advice };
    case 'Timeout':
      if (message.includes('no connection to'))
        return {
          what: `${application} did not accept a connection in time`,
          advice:
            'Is the address right, and does a firewall drop the packets? --connect-timeout allows more.',
        };
      if (message.includes('was idle'))
        return {
          what: `the connection to ${application} was idle for too long`,
          advice: '--idle-timeout allows more.',
        };
      return { what: `${application} did not answer in time${after}`, advice };
    default:
      return null;
  }
}

function explainRefused(
  message: string,
  application: string,
  advice: string,
): { what: string; advice: string } {
  if (message.includes('TLS:'))
    return {
      what: `TLS with ${application} failed`,
      advice:
        'Look at its certificate and its name: --upstream-ca, --upstream-sni. The message of TLS is below.',
    };
  if (/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/.test(message))
    return {
      what: `${application} cannot be reached`,
      advice: 'Is the address right, and is there a way to it from this machine?',
    };
  return { what: `${application} refused the connection`, advice };
}

function adviceForAnswer(type: string, words: ErrorWords): string {
  return type === 'bad-status-line' || type === 'unasked-upgrade' || type === 'unexpected-response'
    ? words.advice
    : 'Mend the application, or what stands before it. Ask it without the gateway: curl -v';
}

const GAP_REASONS: Readonly<Record<string, string>> = {
  'spool-full':
    'The spool was full: the sinks did not take records as fast as they came. Look at Health for the sink that lags; --spool-size allows more.',
  'disk-error': 'The disk did not take them. Is it full? The log of the gateway has the error.',
  'corrupt-segment':
    'A spool file was damaged. Look at the disk, and at what else writes to the data directory.',
};

function explainGap(gap: ShownGap): Explanation {
  const { count, from, to, reason } = gap;
  const which =
    from === null || to === null ? '' : from === to ? `, sequence ${from}` : `, sequence ${from} to ${to}`;
  return {
    tone: 'danger',
    sentence: `${count === null ? 'Some' : formatCount(count)} ${count === 1 ? 'record is' : 'records are'} missing here${which}: ${reason ?? 'no reason is given'}.`,
    advice:
      (reason !== null && Object.hasOwn(GAP_REASONS, reason) ? GAP_REASONS[reason] : undefined) ??
      'The traffic went on; only its records are lost.',
  };
}

function explainSummary({ rule, capture }: ShownRecord, { count }: ShownSummary): Explanation {
  const effect = capture === 'off' ? 'counts only their bytes' : 'counts them';
  return {
    tone: 'notice',
    sentence: `${count === null ? 'Some' : formatCount(count)} ${count === 1 ? 'exchange has' : 'exchanges have'} no record of ${count === 1 ? 'its' : 'their'} own: a capture rule ${effect}.`,
    advice: rule === null ? 'See --capture-rule.' : `The rule: ${rule}`,
  };
}

function wordsOf(table: Readonly<Record<string, ErrorWords>>, type: string): ErrorWords | null {
  return Object.hasOwn(table, type) ? table[type]! : null;
}

function amount(bytes: number | null): string {
  return bytes === null ? 'An unknown number of bytes' : formatBytes(bytes);
}

function withoutPeriod(text: string): string {
  return text.replace(/\.$/, '');
}
