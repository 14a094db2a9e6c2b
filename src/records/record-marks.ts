/** What can have happened to a record, and what that means; in the order in which the fact `marks` names them. New ones go to the end. */
export const MARKS = {
  redacted: 'secrets are covered',
  truncated: 'of a body, or of a refused head, only the beginning is kept',
  dropped: 'a body is not kept at all, for want of room',
  rule: 'a capture rule left something out',
  gateway: 'the gateway itself answered',
  undecoded: 'a body could not be decoded as its Content-Encoding says',
} as const;

export type Mark = keyof typeof MARKS;

/** The fact `marks`: the names of what happened, with blanks between them; null where nothing did. */
export function marksText(happened: Readonly<Record<Mark, boolean>>): string | null {
  // Written out, not looped: this is done for each exchange.
  const text =
    (happened.redacted ? ' redacted' : '') +
    (happened.truncated ? ' truncated' : '') +
    (happened.dropped ? ' dropped' : '') +
    (happened.rule ? ' rule' : '') +
    (happened.gateway ? ' gateway' : '') +
    (happened.undecoded ? ' undecoded' : '');
  return text === '' ? null : text.slice(1);
}
