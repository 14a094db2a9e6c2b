/** The error in an answer, or in an item of one. */
export interface ServerError {
  /** Such as `security_exception`; empty where the server does not say. */
  readonly type: string;
  /** All of its words, causes included: may quote what was sent. */
  readonly words: string;
}

const MAX_LENGTH = 500;
const NAME = '[\\w.@*:/-]{1,250}';

/** The error of a whole answer. */
export function serverError(body: string): ServerError {
  try {
    return itemError((JSON.parse(body) as { error?: unknown } | null)?.error);
  } catch {
    return { type: '', words: '' };
  }
}

/** The error of an item of a bulk answer. */
export function itemError(error: unknown): ServerError {
  if (typeof error === 'string') return { type: '', words: error };
  if (typeof error !== 'object' || error === null) return { type: '', words: '' };
  const { type, reason, caused_by: cause } = error as Record<string, unknown>;
  const inner = itemError(cause).words;
  return {
    type: typeof type === 'string' && /^[\w.-]{1,100}$/.test(type) ? type : '',
    words: [typeof reason === 'string' ? reason : '', inner].filter((part) => part !== '').join(': '),
  };
}

/** What a server says about a request that carried no record, for people. */
export function plainReason({ type, words }: ServerError): string {
  const text = words.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const shown = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return [type, shown].filter((part) => part !== '').join(': ');
}

/**
 * What may be repeated of what a server says about a record. Servers quote values, keys and whole documents in ever new ways, so only
 * phrases that are known, with names out of our own mapping, come through.
 */
const KNOWN: readonly (readonly [RegExp, (parts: string[]) => string])[] = [
  [
    new RegExp(`failed to parse field \\[(${NAME})\\] of type \\[(\\w+)\\]`),
    ([field, type]) => `failed to parse field [${field}] of type [${type}]`,
  ],
  [
    new RegExp(`object mapping for \\[(${NAME})\\] tried to parse field \\[[^\\]]*\\] as object`),
    ([field]) => `field [${field}] is mapped as an object, but the record has a value there`,
  ],
  [
    new RegExp(`immense term in field="(${NAME})"`),
    ([field]) => `the value of field [${field}] is longer than the index can take (32766 bytes)`,
  ],
  [
    /Limit of total fields \[(\d+)\]/,
    ([count]) => `the index has no room for more fields (limit ${count}); raise it or map fewer in @custom`,
  ],
  [/Limit of mapping depth \[(\d+)\]/, ([depth]) => `nested deeper than the index allows (${depth})`],
  [/mapping set to strict/, () => 'the mapping is strict and does not know a field of the record'],
  [
    new RegExp(`pipeline with id \\[(${NAME})\\] does not exist`),
    ([id]) => `the ingest pipeline [${id}] does not exist; run: tapline setup elasticsearch`,
  ],
  [/timestamp field \[@timestamp\] is missing/, () => 'the record has no @timestamp'],
  [/op_type of create are allowed in data streams/, () => 'a data stream takes only new records'],
  [
    new RegExp(`index \\[(${NAME})\\] blocked by: \\[([\\w/ .,()-]{1,200})[;\\]]`),
    ([index, block]) => `index [${index}] is blocked: ${block}`,
  ],
  [/blocked by: \[([\w/ .,()-]{1,200})[;\]]/, ([block]) => `the server has a block: ${block}`],
  [new RegExp(`no such index \\[(${NAME})\\]`), ([index]) => `no such index [${index}]`],
  [/must be terminated by a newline/, () => 'the bulk request did not end with a newline'],
  [/[Mm]alformed (?:action\/metadata line|content)/, () => 'malformed bulk request'],
  [/request body is required/, () => 'the server could not read the body'],
  [
    /contains unrecognized parameter: \[(\w+)\]/,
    ([name]) => `the server does not know the parameter ${name}`,
  ],
];

/** What may be shown of an error about records: its type and known phrases. */
export function recordReason({ type, words }: ServerError): string {
  for (const [pattern, say] of KNOWN) {
    const found = pattern.exec(words);
    if (found !== null) return say(found.slice(1));
  }
  return words === ''
    ? 'the server gives no reason'
    : `${type === '' ? 'the server’s words are' : `${type}: its words are`} left out here, since they may quote the record`;
}
