import type { ServerError } from './server-error.ts';

/**
 * What to do about an answer 403: the privilege that is missing, in the server's words where it names it.
 * @param fallback the privilege that the request needs, such as `create_doc on logs-…`
 */
export function missingPrivilege({ words }: ServerError, fallback: string): string {
  const action = /action \[([\w:/.*-]{1,120})\]/.exec(words)?.[1];
  const who = /is unauthorized for (API key id \[[\w-]{1,80}\]|user \[[^\]]{1,80}\])/.exec(words)?.[1];
  const granted = /granted by the (index|cluster) privileges? \[([\w,]{1,300})\]/.exec(words);
  const on = /on indices \[([\w.,*@-]{1,300})\]/.exec(words)?.[1];
  // The first that the server names is the narrowest.
  const privilege =
    granted === null
      ? fallback
      : `${granted[1]} privilege ${granted[2]!.split(',')[0]!}${on === undefined ? (/ on .*$/.exec(fallback)?.[0] ?? '') : ` on ${on}`}`;
  return `the privilege is missing: ${privilege}${action === undefined ? '' : ` (for ${action}${who === undefined ? '' : `, ${who}`})`}; tapline setup elasticsearch --dry-run prints a role that suffices`;
}
