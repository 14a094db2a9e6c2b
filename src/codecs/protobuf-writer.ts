/** Wire types of Protocol Buffers (protobuf.dev/programming-guides/encoding). */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A length below 128 takes one byte; most messages within messages are so short. */
const LENGTH_BYTES = 1;
/** Texts up to this are written faster one by one than by a call into the runtime. */
const SHORT_TEXT = 32;
const MAX_VARINT_BYTES = 10;
/** UTF-8 of one code unit. */
const MAX_UNIT_BYTES = 3;

/** Writes Protocol Buffers one behind the other into one buffer, which grows; nothing is made on the way but that. */
export class ProtobufWriter {
  #bytes: Buffer;
  #at: number;

  /** @param bytes to write into; it is replaced by a larger one where it is too small. @param start where the first byte goes */
  constructor(bytes: Buffer, start = 0) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#at;
  }

  /** What was written into, as large as it has become. */
  get buffer(): Buffer {
    return this.#bytes;
  }

  /** Forgets what was written behind a position. */
  rewind(position: number): void {
    this.#at = position;
  }

  varintField(number: number, value: number): void {
    this.#varint((number << 3) | WIRE.varint);
    this.#varint(value);
  }

  /** An unsigned number of 32 bits. */
  fixed32Field(number: number, value: number): void {
    this.#varint((number << 3) | WIRE.fixed32);
    this.#grow(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  fixed64Field(number: number, value: bigint): void {
    this.#varint((number << 3) | WIRE.fixed64);
    this.#grow(8);
    this.#at = this.#bytes.writeBigUInt64LE(value, this.#at);
  }

  doubleField(number: number, value: number): void {
    this.#varint((number << 3) | WIRE.fixed64);
    this.#grow(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** Bytes that are given as hexadecimal digits, two for each. */
  hexField(number: number, digits: string): void {
    this.#varint((number << 3) | WIRE.bytes);
    this.#varint(digits.length / 2);
    this.#grow(digits.length / 2);
    this.#at += this.#bytes.write(digits, this.#at, 'hex');
  }

  /** Begins a field whose bytes come next, and are so many. */
  lengthOf(number: number, byteCount: number): void {
    this.#varint((number << 3) | WIRE.bytes);
    this.#varint(byteCount);
  }

  /** Bytes that are written already. */
  raw(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Text in UTF-8; half a character becomes U+FFFD. */
  textField(number: number, text: string): void {
    const start = this.open(number);
    this.#grow(text.length * MAX_UNIT_BYTES);
    if (!this.#shortAscii(text)) this.#at += this.#bytes.write(text, this.#at, 'utf8');
    this.close(start);
  }

  /** Begins a message within the message. What it gives is for `close`. */
  open(number: number): number {
    this.#varint((number << 3) | WIRE.bytes);
    this.#grow(LENGTH_BYTES);
    this.#at += LENGTH_BYTES;
    return this.#at;
  }

  /** Ends a message within the message. */
  close(start: number): void {
    const end = this.#at;
    const length = end - start;
    const more = sizeOfVarint(length) - LENGTH_BYTES;
    if (more > 0) {
      this.#grow(more);
      this.#bytes.copyWithin(start + more, start, end);
    }
    this.#at = start - LENGTH_BYTES;
    this.#varint(length);
    this.#at = end + more;
  }

  #shortAscii(text: string): boolean {
    const { length } = text;
    if (length > SHORT_TEXT) return false;
    const bytes = this.#bytes;
    const at = this.#at;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      bytes[at + index] = unit;
    }
    this.#at = at + length;
    return true;
  }

  /** A whole number; below zero as int64 has it. */
  #varint(value: number): void {
    this.#grow(MAX_VARINT_BYTES);
    if (value < 0 || value > 0xffff_ffff) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      this.#bytes[this.#at++] = Number(rest);
      return;
    }
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #grow(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(this.#bytes.length * 1.5)));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

/** Bytes of a length as a varint. */
export function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}
