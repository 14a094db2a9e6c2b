import { isUtf8 } from 'node:buffer';
import { Data } from '../../core/data.ts';
import { LIMITS, type RedisHead, type RedisType, TYPES } from './value.ts';

export interface RedisSink {
  /** A whole message with the bytes that it came in. */
  onMessage(head: RedisHead, bytes: Data): void;
  /** The bytes are no RESP (`ReadError`) or too much of it (`BufferOverflow`); nothing follows. */
  onError(error: 'ReadError' | 'BufferOverflow', message: string): void;
}

class Refused extends Error {
  readonly kind: 'ReadError' | 'BufferOverflow';
  constructor(kind: 'ReadError' | 'BufferOverflow', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** An aggregate whose elements are being read. */
interface Open {
  readonly type: RedisType;
  /** Elements that are still to come; Infinity for a streamed one, which a `.` ends. */
  left: number;
  readonly items: unknown[];
  /** What was said about the value that this attribute stands before. */
  attributes: unknown;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * RESP2, RESP3 and inline commands, pipelined, however they are cut (https://redis.io/docs/latest/develop/reference/protocol-spec). Each
 * value is read once: what an aggregate has so far is kept, not read again.
 */
export class RedisDecoder {
  readonly #sink: RedisSink;
  /** Bytes of the current message, those that are read and those that are not. */
  #views: Buffer[] = [];
  #pending: Buffer = Buffer.alloc(0);
  /** What came for a string that is not whole; joined once, so that a large one takes linear time. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #messageBytes = 0;
  #elements = 0;
  readonly #open: Open[] = [];
  /** A string whose length is known; -1 before its length is. */
  #bulk: { readonly type: RedisType; readonly length: number } | null = null;
  /** Pieces of a streamed string. */
  #streamed: Buffer[] | null = null;
  #attributes: unknown = undefined;
  #isFailed = false;

  constructor(sink: RedisSink) {
    this.#sink = sink;
  }

  push(view: Buffer): void {
    if (this.#isFailed) return;
    this.#waiting.push(view);
    this.#waitingBytes += view.length;
    try {
      if (this.#messageBytes + this.#pending.length + this.#waitingBytes > LIMITS.bytes) this.#checkSize();
      const wanted = this.#bulk === null ? 0 : this.#bulk.length + 1;
      if (this.#pending.length + this.#waitingBytes < wanted) return;
      this.#pending = Buffer.concat([this.#pending, ...this.#waiting]);
      this.#waiting = [];
      this.#waitingBytes = 0;
      while (this.#step());
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#isFailed = true;
      this.#pending = Buffer.alloc(0);
      this.#waiting = [];
      this.#sink.onError(error.kind, error.message);
    }
  }

  /** A string may be within the bound by itself and the message not. */
  #checkSize(): void {
    const wanted = this.#bulk === null ? 0 : this.#bulk.length;
    if (this.#messageBytes + wanted > LIMITS.bytes) throw tooMuch('bytes');
  }

  /** Reads one line or one string; false where more bytes are needed. */
  #step(): boolean {
    if (this.#bulk !== null) return this.#readBulk(this.#bulk);
    const end = this.#pending.indexOf(LF);
    if (end < 0) {
      if (this.#pending.length > LIMITS.lineBytes) throw tooMuch('bytes in a line');
      this.#checkStart();
      return false;
    }
    if (end > LIMITS.lineBytes) throw tooMuch('bytes in a line');
    this.#checkStart();
    const isCrLf = end > 0 && this.#pending[end - 1] === CR;
    const line = this.#pending.toString('latin1', 0, isCrLf ? end - 1 : end);
    const raw = this.#pending.subarray(0, isCrLf ? end - 1 : end);
    const isInline = !isRespStart(this.#pending[0]!);
    if (!isInline && !isCrLf) throw malformed('a line does not end with CR LF');
    this.#consume(end + 1);
    if (isInline) this.#inline(raw);
    else this.#line(line, raw);
    return this.#pending.length > 0;
  }

  /** A first byte that cannot be is refused before its line is whole, so that every cutting is refused alike. */
  #checkStart(): void {
    const first = this.#pending[0];
    if (first === undefined || isRespStart(first)) return;
    if (this.#open.length > 0 || this.#streamed !== null) throw malformed('a value begins with no type');
    if (first < 0x20 && first !== CR && first !== LF && first !== 0x09)
      throw malformed('neither a type nor a command');
  }

  #line(line: string, raw: Buffer): void {
    const sign = line[0]!;
    const rest = line.slice(1);
    if (this.#streamed !== null && sign !== ';') throw malformed('a streamed string is not continued');
    switch (sign) {
      case '+':
        this.#value('simple-string', text(raw.subarray(1)));
        return;
      case '-':
        this.#value('error', { error: raw.toString('utf8', 1) });
        return;
      case ':':
        this.#value('integer', integer(rest));
        return;
      case '_':
        if (rest !== '') throw malformed('a null has content');
        this.#value('null', null);
        return;
      case '#':
        if (rest !== 't' && rest !== 'f') throw malformed('a boolean is neither t nor f');
        this.#value('boolean', rest === 't');
        return;
      case ',':
        this.#value('double', double(rest));
        return;
      case '(':
        if (!/^[+-]?\d+$/.test(rest)) throw malformed('a big number is no number');
        this.#value('big-number', BigInt(rest.replace('+', '')));
        return;
      case '$':
      case '!':
      case '=':
        this.#beginBulk(TYPES[sign], rest);
        return;
      case ';': {
        if (this.#streamed === null) throw malformed('a piece of no streamed string');
        const size = length(rest);
        if (size === 0) {
          const whole = Buffer.concat(this.#streamed);
          this.#streamed = null;
          this.#value('bulk-string', text(whole));
        } else this.#bulk = { type: 'bulk-string', length: size };
        return;
      }
      case '.': {
        const open = this.#open.at(-1);
        if (rest !== '' || open?.left !== Infinity) throw malformed('an end of no streamed value');
        open.left = 0;
        this.#closeFull();
        return;
      }
      default:
        this.#beginAggregate(TYPES[sign as keyof typeof TYPES], rest);
    }
  }

  #beginBulk(type: RedisType, rest: string): void {
    if (rest === '?' && type === 'bulk-string') this.#streamed = [];
    else if (rest === '-1' && type === 'bulk-string') this.#value(type, null);
    else this.#bulk = { type, length: length(rest) };
  }

  #readBulk({ type, length: size }: { type: RedisType; length: number }): boolean {
    const end = size + 2;
    if (this.#pending.length < end) {
      if (this.#pending.length > size && this.#pending[size] !== CR)
        throw malformed('a string is longer than it says');
      return false;
    }
    if (this.#pending[size] !== CR || this.#pending[size + 1] !== LF)
      throw malformed('a string is longer than it says');
    const bytes = this.#pending.subarray(0, size);
    this.#bulk = null;
    this.#consume(end);
    if (this.#streamed !== null) this.#streamed.push(bytes);
    else if (type === 'bulk-error') this.#value(type, { error: bytes.toString('utf8') });
    else if (type === 'verbatim-string') {
      // Three letters and a colon say what kind of text it is.
      if (size < 4 || bytes[3] !== 0x3a) throw malformed('a verbatim string has no format');
      this.#value(type, text(bytes.subarray(4)));
    } else this.#value(type, text(bytes));
    return this.#pending.length > 0;
  }

  #beginAggregate(type: RedisType, rest: string): void {
    if (rest === '-1' && type === 'array') {
      this.#value(type, null);
      return;
    }
    const isPairs = type === 'map' || type === 'attribute';
    const count = rest === '?' ? Infinity : length(rest) * (isPairs ? 2 : 1);
    if (count !== Infinity && count > LIMITS.elements) throw tooMuch('elements');
    if (this.#open.length >= LIMITS.depth) throw tooMuch('levels');
    this.#open.push({ type, left: count, items: [], attributes: this.#attributes });
    this.#attributes = undefined;
    this.#closeFull();
  }

  #value(type: RedisType, value: unknown): void {
    if (++this.#elements > LIMITS.elements) throw tooMuch('elements');
    const open = this.#open.at(-1);
    if (open === undefined) {
      this.#finish({ type, value });
      return;
    }
    // What is said about an element is dropped: the message's own attributes are kept.
    this.#attributes = undefined;
    open.items.push(value);
    open.left--;
    this.#closeFull();
  }

  /** Ends the aggregates whose elements are all there. */
  #closeFull(): void {
    while (this.#open.at(-1)?.left === 0) {
      const { type, items, attributes } = this.#open.pop()!;
      const value = type === 'map' || type === 'attribute' ? asMap(items) : items;
      if (type === 'attribute') {
        // Stands before the value that it is about.
        this.#attributes = value;
        return;
      }
      this.#attributes = attributes;
      const parent = this.#open.at(-1);
      if (parent === undefined) {
        this.#finish({ type, value });
        return;
      }
      this.#attributes = undefined;
      parent.items.push(value);
      parent.left--;
    }
  }

  #inline(raw: Buffer): void {
    const words = raw
      .toString('utf8')
      .split(/[ \t]+/)
      .filter((word) => word !== '');
    // An empty line is no command (as Redis itself has it).
    if (words.length === 0) this.#reset();
    else this.#finish({ type: 'inline', value: words });
  }

  #finish({ type, value }: { type: RedisType; value: unknown }): void {
    const attributes = this.#attributes;
    const bytes = Data.ofViews(this.#views);
    this.#reset();
    const [command, ...args] = Array.isArray(value) ? (value as unknown[]) : [];
    const isRequest = (type === 'array' || type === 'inline') && typeof command === 'string';
    this.#sink.onMessage(
      {
        type,
        value,
        ...(isRequest ? { command: command.toUpperCase(), args } : {}),
        ...(attributes === undefined ? {} : { attributes }),
      },
      bytes,
    );
  }

  #reset(): void {
    this.#views = [];
    this.#messageBytes = 0;
    this.#elements = 0;
    this.#attributes = undefined;
  }

  #consume(count: number): void {
    this.#views.push(this.#pending.subarray(0, count));
    this.#messageBytes += count;
    this.#pending = this.#pending.subarray(count);
    if (this.#messageBytes > LIMITS.bytes) throw tooMuch('bytes');
  }
}

function isRespStart(byte: number): boolean {
  const character = String.fromCharCode(byte);
  return character === ';' || character === '.' || Object.hasOwn(TYPES, character);
}

/** Text where it is UTF-8, else the bytes. */
function text(bytes: Buffer): string | Data {
  return isUtf8(bytes) ? bytes.toString('utf8') : Data.of(bytes);
}

function integer(digits: string): number | bigint {
  if (!/^[+-]?\d{1,20}$/.test(digits)) throw malformed('an integer is no number');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits.replace('+', ''));
}

function double(digits: string): number {
  if (digits === 'inf' || digits === '+inf') return Infinity;
  if (digits === '-inf') return -Infinity;
  if (/^-?nan$/.test(digits)) return NaN;
  if (!/^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(digits)) throw malformed('a double is no number');
  return Number(digits);
}

function length(digits: string): number {
  if (!/^\d{1,10}$/.test(digits)) throw malformed('a length is no number');
  const number = Number(digits);
  if (number > LIMITS.bytes) throw tooMuch('bytes');
  return number;
}

/** An object where all keys are texts, else pairs. */
function asMap(items: readonly unknown[]): unknown {
  const pairs: [unknown, unknown][] = [];
  for (let at = 0; at + 1 < items.length; at += 2) pairs.push([items[at], items[at + 1]]);
  if (items.length % 2 !== 0) throw malformed('a map has a key without a value');
  if (!pairs.every(([key]) => typeof key === 'string')) return pairs;
  return Object.fromEntries(pairs as [string, unknown][]);
}

function malformed(message: string): Refused {
  return new Refused('ReadError', `no RESP: ${message}`);
}

function tooMuch(what: string): Refused {
  return new Refused('BufferOverflow', `a Redis message has too many ${what}`);
}
