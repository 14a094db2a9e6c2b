/** A name before a separator. */
export class Key {
  readonly #text: string;
  readonly #from: number;
  readonly #to: number;
  /** Where it begins, with its quotation mark. */
  readonly start: number;
  readonly isQuoted: boolean;
  readonly isLineStart: boolean;

  constructor(
    text: string,
    from: number,
    to: number,
    start: number,
    isQuoted: boolean,
    isLineStart: boolean,
  ) {
    this.#text = text;
    this.#from = from;
    this.#to = to;
    this.start = start;
    this.isQuoted = isQuoted;
    this.isLineStart = isLineStart;
  }

  /** Most are never asked for. */
  get name(): string {
    return this.#text.slice(this.#from, this.#to);
  }
}

/** What most names do not begin with need not be asked of the expressions below. */
const [C, D, F, H, K, N, P, V] = Array.from('cdfhknpv', (letter) => letter.charCodeAt(0));

/** A member that holds the value of what another member names. */
export function isValuingKey(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20;
  return (first === V || first === C || first === D) && /^(?:value|val|content|data|default)$/i.test(name);
}

/** A member that holds a name. */
export function isNamingKey(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20;
  return (
    (first === N || first === K || first === F || first === P || first === H) &&
    /^(?:name\*?|key|field|param|parameter|header)$/i.test(name)
  );
}
