/** Bounds on what a parser holds before a message is known to be sound. */
export interface Http1Limits {
  /** Bytes of one line: request line, status line, header field, chunk-size line. */
  readonly maxLineBytes: number;
  /** Bytes of a whole head, and of a trailer section. */
  readonly maxHeadBytes: number;
  /** Header fields of a head, and of a trailer section. */
  readonly maxHeaders: number;
}

/** Those of the original, which had none to speak of (`--compat`). */
export const LOOSE_HTTP1_LIMITS: Http1Limits = {
  maxLineBytes: 16 * 1024 * 1024,
  maxHeadBytes: 16 * 1024 * 1024,
  maxHeaders: Infinity,
};

export const DEFAULT_HTTP1_LIMITS: Http1Limits = {
  maxLineBytes: 8192,
  maxHeadBytes: 65_536,
  maxHeaders: 200,
};
