/** What a run of bytes is within an inspected HTTP message; `body` also for bytes outside HTTP. */
export type DataPart = 'body' | 'head' | 'framing' | 'interim' | 'tunnel';

const NONE: readonly Buffer[] = [];

/**
 * A byte string: a list of views, never copied on its way through the pipelines (spec events-and-data 3).
 * Filters never change a Data that they were given; only a script's own `push` and `shift` change the
 * object that they name, so whoever keeps a Data of a script takes a `copy()`.
 */
export class Data {
  readonly kind = 'data';
  /** Which part of an inspected message these bytes are. */
  readonly part: DataPart;
  #views: readonly Buffer[];
  #size: number;

  /** @param source a number of zero bytes, a string in `encoding`, or another Data to copy */
  constructor(source?: number | string | Data | null, encoding: string = 'utf8') {
    this.part = 'body';
    this.#views = NONE;
    this.#size = 0;
    if (source === undefined || source === null) return;
    if (typeof source === 'string') this.#set([decodeText(source, encoding)]);
    else if (source instanceof Data) this.#set(source.views);
    else if (typeof source === 'number') {
      if (!Number.isInteger(source) || source < 0)
        throw new TypeError('argument #1 expects a whole number of bytes, 0 or more');
      this.#set([Buffer.alloc(source)]);
    } else throw new TypeError('argument #1 expects a number or a string or a Data object');
  }

  /** A Data over `view`, which must not change afterwards. */
  static of(view: Buffer, part: DataPart = 'body'): Data {
    const data = new Data();
    data.#views = [view];
    data.#size = view.length;
    if (part !== 'body') (data as { part: DataPart }).part = part;
    return data;
  }

  /** A Data over several views, which must not change afterwards. */
  static ofViews(views: readonly Buffer[]): Data {
    const data = new Data();
    data.#set(views);
    return data;
  }

  /** The flush mark (spec events-and-data 1.2): a fresh Data of size 0. */
  static flushMark(): Data {
    return new Data();
  }

  get size(): number {
    return this.#size;
  }

  /** The bytes as views in order; do not write into them. */
  get views(): readonly Buffer[] {
    return this.#views;
  }

  /** All bytes as one Buffer; copies only where there are several views. */
  bytes(): Buffer {
    return this.#views.length === 1 ? this.#views[0]! : Buffer.concat(this.#views, this.#size);
  }

  /** An independent Data of the same bytes (shares memory, not fate). */
  copy(): Data {
    const data = new Data();
    data.#views = this.#views;
    data.#size = this.#size;
    if (this.part !== 'body') (data as { part: DataPart }).part = this.part;
    return data;
  }

  /** Append a copy of the bytes; returns this. */
  push(more: Data | string): this {
    if (typeof more === 'string') this.#set([...this.#views, Buffer.from(more, 'utf8')]);
    else if (more instanceof Data) this.#set([...this.#views, ...more.views]);
    else throw new TypeError('argument #1 expects a Data or a string');
    return this;
  }

  /** Remove up to `count` bytes from the front and return them. */
  shift(count: number): Data {
    if (typeof count !== 'number') throw new TypeError('argument #1 expects a number');
    const taken: Buffer[] = [];
    const rest: Buffer[] = [];
    let wanted = Math.max(0, Math.trunc(count));
    for (const view of this.#views) {
      if (wanted >= view.length) taken.push(view);
      else if (wanted > 0) {
        taken.push(view.subarray(0, wanted));
        rest.push(view.subarray(wanted));
      } else rest.push(view);
      wanted = Math.max(0, wanted - view.length);
    }
    this.#set(rest);
    return Data.ofViews(taken);
  }

  /** The bytes as text; invalid UTF-8 becomes U+FFFD. Encodings: utf8, base64, base64url, hex. */
  toString(encoding: string = 'utf8'): string {
    return this.bytes().toString(bufferEncoding(encoding));
  }

  #set(views: readonly Buffer[]): void {
    this.#views = views.filter((view) => view.length > 0);
    this.#size = this.#views.reduce((sum, view) => sum + view.length, 0);
  }
}

function bufferEncoding(encoding: string): BufferEncoding {
  if (encoding === 'hdex') return 'hex';
  if (encoding === 'utf8' || encoding === 'base64' || encoding === 'base64url' || encoding === 'hex')
    return encoding;
  throw new TypeError('unknown encoding');
}

function decodeText(text: string, encoding: string): Buffer {
  const name = bufferEncoding(encoding);
  if (name === 'hex') {
    if (text.length % 2 !== 0) throw new TypeError('incomplete hex string');
    if (!/^[0-9a-fA-F]*$/.test(text)) throw new TypeError('invalid hex string');
  } else if (name === 'base64') {
    if (text.length % 4 !== 0) throw new TypeError('incomplete Base64 string');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new TypeError('invalid Base64 encoding');
  } else if (name === 'base64url' && !/^[A-Za-z0-9_-]*={0,2}$/.test(text))
    throw new TypeError('invalid Base64Url encoding');
  return Buffer.from(text, name);
}
