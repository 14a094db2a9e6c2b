import { Data } from '../../core/data.ts';
import { MAX_HESSIAN_DEPTH } from './limits.ts';

const MAX_CHUNK = 0xffff;
const MIN_INT = -(2 ** 31);
const MAX_INT = 2 ** 31 - 1;

/**
 * A value as Hessian 2.0; a top-level array is an argument list: its elements one after the other (spec api 4). Throws TypeError for
 * functions and symbols, RangeError for what is nested too deep, or in itself.
 */
export function encodeHessian(value: unknown): Buffer {
  const out: Buffer[] = [];
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) write(out, one, 0);
  return Buffer.concat(out);
}

function write(out: Buffer[], value: unknown, depth: number): void {
  if (depth > MAX_HESSIAN_DEPTH)
    throw new RangeError(`a value is nested deeper than ${MAX_HESSIAN_DEPTH}, or in itself`);
  switch (typeof value) {
    case 'undefined':
      out.push(Buffer.from('N'));
      return;
    case 'boolean':
      out.push(Buffer.from(value ? 'T' : 'F'));
      return;
    case 'number':
      out.push(number(value));
      return;
    case 'bigint':
      out.push(long(value));
      return;
    case 'string':
      text(out, value);
      return;
    case 'object':
      object(out, value, depth);
      return;
    default:
      throw new TypeError(`a ${typeof value} has no place in Hessian`);
  }
}

function number(value: number): Buffer {
  if (Number.isInteger(value) && !Object.is(value, -0)) {
    if (value >= MIN_INT && value <= MAX_INT) {
      const bytes = Buffer.alloc(5, 'I');
      bytes.writeInt32BE(value, 1);
      return bytes;
    }
    if (Number.isSafeInteger(value)) return long(BigInt(value));
  }
  const bytes = Buffer.alloc(9, 'D');
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function long(value: bigint): Buffer {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit 64 bits`);
  const bytes = Buffer.alloc(9, 'L');
  bytes.writeBigInt64BE(value, 1);
  return bytes;
}

/** Lengths count UTF-16 units; no piece ends inside a surrogate pair. */
function text(out: Buffer[], value: string): void {
  let rest = value;
  while (rest.length > MAX_CHUNK) {
    const end = /[\uD800-\uDBFF]/.test(rest[MAX_CHUNK - 1]!) ? MAX_CHUNK - 1 : MAX_CHUNK;
    out.push(Buffer.from([0x52, end >> 8, end & 0xff]), utf8(rest.slice(0, end)));
    rest = rest.slice(end);
  }
  const { length } = rest;
  if (length < 32) out.push(Buffer.from([length]));
  else if (length < 1024) out.push(Buffer.from([0x30 + (length >> 8), length & 0xff]));
  else out.push(Buffer.from([0x53, length >> 8, length & 0xff]));
  out.push(utf8(rest));
}

function utf8(value: string): Buffer {
  return Buffer.from(value.toWellFormed(), 'utf8');
}

function object(out: Buffer[], value: object | null, depth: number): void {
  if (value === null) out.push(Buffer.from('N'));
  else if (value instanceof Data) binary(out, value.bytes());
  else if (Array.isArray(value)) {
    out.push(Buffer.from([0x57]));
    for (const one of value as unknown[]) write(out, one, depth + 1);
    out.push(Buffer.from('Z'));
  } else {
    out.push(Buffer.from('H'));
    for (const [key, one] of Object.entries(value)) {
      text(out, key);
      write(out, one, depth + 1);
    }
    out.push(Buffer.from('Z'));
  }
}

function binary(out: Buffer[], value: Buffer): void {
  let rest = value;
  while (rest.length > MAX_CHUNK) {
    out.push(Buffer.from([0x41, MAX_CHUNK >> 8, MAX_CHUNK & 0xff]), rest.subarray(0, MAX_CHUNK));
    rest = rest.subarray(MAX_CHUNK);
  }
  out.push(Buffer.from([0x42, rest.length >> 8, rest.length & 0xff]), rest);
}
