/** The types of RESP2 and RESP3, by their first byte. */
export const TYPES = {
  '+': 'simple-string',
  '-': 'error',
  ':': 'integer',
  $: 'bulk-string',
  '*': 'array',
  _: 'null',
  '#': 'boolean',
  ',': 'double',
  '(': 'big-number',
  '!': 'bulk-error',
  '=': 'verbatim-string',
  '%': 'map',
  '~': 'set',
  '>': 'push',
  '|': 'attribute',
} as const;

export type RedisType = (typeof TYPES)[keyof typeof TYPES] | 'inline';

/** A message of Redis as scripts see it. */
export interface RedisHead {
  readonly type: RedisType;
  /**
   * Texts and Data for strings, numbers and BigInt, arrays also for sets and pushes, objects for maps whose keys are texts, arrays of pairs for
   * other maps, `{ error }` for errors, null.
   */
  readonly value: unknown;
  /** Of a request: the command in upper case, and what follows it. */
  readonly command?: string;
  readonly args?: readonly unknown[];
  /** What RESP3 says about the value. */
  readonly attributes?: unknown;
}

/** Bytes of one message, elements of it, and depth beyond which it is refused. */
export const LIMITS = { bytes: 16 * 1024 * 1024, elements: 1024 * 1024, depth: 32, lineBytes: 64 * 1024 };
