/** What stands in the place of a secret. */
export const REDACTED = 'REDACTED';

/** A text without its secrets. */
export interface Redaction {
  readonly text: string;
  /** Values replaced. */
  readonly count: number;
}
