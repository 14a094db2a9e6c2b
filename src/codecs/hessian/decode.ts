import { Data } from '../../core/data.ts';
import { MAX_HESSIAN_DEPTH } from './limits.ts';

interface ClassDefinition {
  readonly fields: readonly string[];
}

/**
 * All values in `bytes`, one after the other (Hessian 2.0 serialisation). Maps and objects become plain objects, dates milliseconds since
 * 1970, binary Data; longs beyond 2^53 become BigInt. Throws RangeError where the input ends early, TypeError for what is no Hessian; both
 * name the byte.
 */
export function decodeHessian(bytes: Buffer): unknown[] {
  const decoder = new Decoder(bytes);
  const values: unknown[] = [];
  while (!decoder.isAtEnd) values.push(decoder.value(0));
  return values;
}

class Decoder {
  readonly #bytes: Buffer;
  #at = 0;
  /** Lists, maps and objects in the order in which they begin, for references to them. */
  readonly #seen: unknown[] = [];
  readonly #classes: ClassDefinition[] = [];
  readonly #types: string[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_HESSIAN_DEPTH) throw new RangeError(`Hessian is nested deeper than ${MAX_HESSIAN_DEPTH}`);
    const code = this.#byte();
    if (code <= 0x1f) return this.#text(code);
    if (code <= 0x2f) return this.#binary(code - 0x20);
    if (code <= 0x33) return this.#text(((code - 0x30) << 8) | this.#byte());
    if (code <= 0x37) return this.#binary(((code - 0x34) << 8) | this.#byte());
    if (code <= 0x3f) return this.#long(BigInt(this.#signed(code - 0x3c, 2)));
    if (code >= 0x60 && code <= 0x6f) return this.#object(code - 0x60, depth);
    if (code >= 0x70 && code <= 0x77) return this.#list(this.#type(), code - 0x70, depth);
    if (code >= 0x78 && code <= 0x7f) return this.#list(null, code - 0x78, depth);
    if (code >= 0x80 && code <= 0xbf) return code - 0x90;
    if (code >= 0xc0 && code <= 0xcf) return this.#signed(code - 0xc8, 1);
    if (code >= 0xd0 && code <= 0xd7) return this.#signed(code - 0xd4, 2);
    if (code >= 0xd8 && code <= 0xef) return code - 0xe0;
    if (code >= 0xf0) return this.#long(BigInt(this.#signed(code - 0xf8, 1)));
    switch (code) {
      case 0x4e: // N
        return null;
      case 0x54: // T
        return true;
      case 0x46: // F
        return false;
      case 0x49: // I
        return this.#take(4).readInt32BE();
      case 0x4c: // L
        return this.#long(this.#take(8).readBigInt64BE());
      case 0x59: // a long of 32 bits
        return this.#take(4).readInt32BE();
      case 0x44: // D
        return this.#take(8).readDoubleBE();
      case 0x5b:
        return 0;
      case 0x5c:
        return 1;
      case 0x5d:
        return this.#take(1).readInt8();
      case 0x5e:
        return this.#take(2).readInt16BE();
      case 0x5f:
        return this.#take(4).readInt32BE() / 1000;
      case 0x4a: // date in milliseconds
        return Number(this.#take(8).readBigInt64BE());
      case 0x4b: // date in minutes
        return this.#take(4).readInt32BE() * 60_000;
      case 0x53: // S
        return this.#text(this.#take(2).readUInt16BE());
      case 0x52: // R
        return this.#chunkedText();
      case 0x42: // B
        return this.#binary(this.#take(2).readUInt16BE());
      case 0x41: // A
        return this.#chunkedBinary();
      case 0x55:
        return this.#list(this.#type(), null, depth);
      case 0x56:
        return this.#list(this.#type(), this.#count(depth), depth);
      case 0x57:
        return this.#list(null, null, depth);
      case 0x58:
        return this.#list(null, this.#count(depth), depth);
      case 0x48: // H
        return this.#map(depth);
      case 0x4d: // M
        this.#type();
        return this.#map(depth);
      case 0x43: // C
        this.#define(depth);
        return this.value(depth + 1);
      case 0x4f: // O
        return this.#object(this.#count(depth), depth);
      case 0x51: // Q
        return this.#reference(depth);
      default:
        return this.#fail(`unrecognized bytecode 0x${code.toString(16).padStart(2, '0')}`, 1);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw this.#early();
    this.#at++;
    return byte;
  }

  #take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw this.#early();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A compact number: the high part from the code, then `count` bytes. */
  #signed(high: number, count: number): number {
    let value = high;
    for (const byte of this.#take(count)) value = value * 256 + byte;
    return value;
  }

  #long(value: bigint): number | bigint {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** `length` counts UTF-16 units; the bytes are UTF-8, surrogates possibly one by one. */
  #text(length: number): string {
    let text = '';
    let left = length;
    while (left > 0) {
      const first = this.#byte();
      let code: number;
      if (first < 0x80) code = first;
      else if (first >= 0xc2 && first < 0xe0) code = ((first & 0x1f) << 6) | this.#continuation();
      else if (first >= 0xe0 && first < 0xf0)
        code = ((first & 0x0f) << 12) | (this.#continuation() << 6) | this.#continuation();
      else if (first >= 0xf0 && first < 0xf5)
        code =
          ((first & 0x07) << 18) |
          (this.#continuation() << 12) |
          (this.#continuation() << 6) |
          this.#continuation();
      else return this.#fail('a text is no UTF-8', 1);
      const character = code > 0x10ffff ? this.#fail('a text is no UTF-8', 4) : String.fromCodePoint(code);
      text += character;
      left -= character.length;
    }
    return left < 0 ? this.#fail('a text ends inside a character', 0) : text;
  }

  #continuation(): number {
    const byte = this.#byte();
    return (byte & 0xc0) === 0x80 ? byte & 0x3f : this.#fail('a text is no UTF-8', 1);
  }

  #chunkedText(): string {
    let text = this.#text(this.#take(2).readUInt16BE());
    for (;;) {
      const code = this.#byte();
      if (code === 0x52) text += this.#text(this.#take(2).readUInt16BE());
      else if (code === 0x53) return text + this.#text(this.#take(2).readUInt16BE());
      else if (code <= 0x1f) return text + this.#text(code);
      else if (code >= 0x30 && code <= 0x33) return text + this.#text(((code - 0x30) << 8) | this.#byte());
      else this.#fail('a text in pieces has no last piece', 1);
    }
  }

  #binary(length: number): Data {
    return Data.of(this.#take(length));
  }

  #chunkedBinary(): Data {
    const pieces = [this.#take(this.#take(2).readUInt16BE())];
    for (;;) {
      const code = this.#byte();
      if (code === 0x41) pieces.push(this.#take(this.#take(2).readUInt16BE()));
      else {
        const length =
          code === 0x42
            ? this.#take(2).readUInt16BE()
            : code >= 0x20 && code <= 0x2f
              ? code - 0x20
              : code >= 0x34 && code <= 0x37
                ? ((code - 0x34) << 8) | this.#byte()
                : this.#fail('bytes in pieces have no last piece', 1);
        return Data.ofViews([...pieces, this.#take(length)]);
      }
    }
  }

  /** A type's name, or a reference to an earlier one. */
  #type(): string {
    const value = this.value(MAX_HESSIAN_DEPTH);
    if (typeof value === 'string') {
      this.#types.push(value);
      return value;
    }
    const known = typeof value === 'number' ? this.#types[value] : undefined;
    return known ?? this.#fail('a type is neither a name nor a known one', 0);
  }

  #count(depth: number): number {
    const value = this.value(depth + 1);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      this.#fail('a count is no whole number', 0);
    return value as number;
  }

  /** @param count null for a list that ends with Z */
  #list(_type: string | null, count: number | null, depth: number): unknown[] {
    const list: unknown[] = [];
    this.#seen.push(list);
    // Each element takes a byte at least: a count that claims more is not believed.
    if (count !== null && count > this.#bytes.length - this.#at) throw this.#early();
    while (count === null ? !this.#isEnd() : list.length < count) list.push(this.value(depth + 1));
    return list;
  }

  #map(depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#seen.push(map);
    while (!this.#isEnd()) {
      const key = this.value(depth + 1);
      if (typeof key === 'object' && key !== null)
        this.#fail(`unexpected ${Array.isArray(key) ? 'list' : 'object'} value as a key`, 0);
      put(map, String(key), this.value(depth + 1));
    }
    return map;
  }

  /** True, and past it, at the Z that ends a list or map. */
  #isEnd(): boolean {
    if (this.isAtEnd) throw this.#early();
    if (this.#bytes[this.#at] !== 0x5a) return false;
    this.#at++;
    return true;
  }

  #define(depth: number): void {
    if (typeof this.value(depth + 1) !== 'string') this.#fail('the name of a class is no text', 0);
    const count = this.#count(depth);
    if (count > this.#bytes.length - this.#at) throw this.#early();
    const fields = Array.from({ length: count }, () => {
      const field = this.value(depth + 1);
      return typeof field === 'string' ? field : this.#fail('the name of a field is no text', 0);
    });
    this.#classes.push({ fields });
  }

  #object(index: number, depth: number): Record<string, unknown> {
    const definition = this.#classes[index];
    if (definition === undefined) return this.#fail(`class ${index} is not defined`, 1);
    const object: Record<string, unknown> = {};
    this.#seen.push(object);
    for (const field of definition.fields) put(object, field, this.value(depth + 1));
    return object;
  }

  #reference(depth: number): unknown {
    const index = this.#count(depth);
    return index < this.#seen.length ? this.#seen[index] : this.#fail(`reference ${index} is to nothing`, 0);
  }

  #early(): RangeError {
    return new RangeError(`Hessian ends early: at byte ${this.#at} of ${this.#bytes.length}`);
  }

  #fail(message: string, back: number): never {
    throw new TypeError(`${message} at byte ${this.#at - back}`);
  }
}

/** Also where the key is `__proto__`. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
