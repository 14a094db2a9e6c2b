import { Data } from '../../core/data.ts';
import { LIMITS } from './value.ts';

/**
 * A value of a script as RESP: texts and Data are bulk strings, numbers integers or doubles, arrays arrays, objects maps, `{ error }` an error.
 * @param protocol 2 writes null as a null string, booleans as integers, doubles as strings and maps as arrays
 * @param type `simple-string` writes a text on one line, `push` and `set` an array as such
 * Throws TypeError for what has no form, such as a line end in an error.
 */
export function encodeRedis(value: unknown, protocol: 2 | 3, type?: unknown): Buffer {
  const out: Buffer[] = [];
  write(out, value, protocol, type, 0);
  return Buffer.concat(out);
}

function write(out: Buffer[], value: unknown, protocol: 2 | 3, type: unknown, depth: number): void {
  if (depth > LIMITS.depth)
    throw new RangeError(`a value is nested deeper than ${LIMITS.depth}, or in itself`);
  const line = (text: string): void => void out.push(Buffer.from(`${text}\r\n`, 'utf8'));
  if (value === null || value === undefined) line(protocol === 3 ? '_' : '$-1');
  else if (typeof value === 'boolean') line(protocol === 3 ? (value ? '#t' : '#f') : value ? ':1' : ':0');
  else if (typeof value === 'bigint')
    line(BigInt.asIntN(64, value) === value ? `:${value}` : big(value, protocol));
  else if (typeof value === 'number') writeNumber(out, line, value, protocol);
  else if (typeof value === 'string') {
    if (type === 'simple-string') line(`+${oneLine(value)}`);
    else bulk(out, Buffer.from(value, 'utf8'));
  } else if (value instanceof Data) bulk(out, value.bytes());
  else if (Array.isArray(value)) {
    const sign = protocol === 3 && type === 'push' ? '>' : protocol === 3 && type === 'set' ? '~' : '*';
    line(`${sign}${value.length}`);
    for (const one of value as unknown[]) write(out, one, protocol, undefined, depth + 1);
  } else if (typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 1 && entries[0]![0] === 'error') {
      line(`-${oneLine(String(entries[0]![1]))}`);
      return;
    }
    line(protocol === 3 ? `%${entries.length}` : `*${entries.length * 2}`);
    for (const [key, one] of entries) {
      bulk(out, Buffer.from(key, 'utf8'));
      write(out, one, protocol, undefined, depth + 1);
    }
  } else throw new TypeError(`a ${typeof value} has no form in Redis`);
}

function writeNumber(out: Buffer[], line: (text: string) => void, value: number, protocol: 2 | 3): void {
  if (Number.isSafeInteger(value)) line(`:${value}`);
  else {
    const text = Number.isNaN(value)
      ? 'nan'
      : value === Infinity
        ? 'inf'
        : value === -Infinity
          ? '-inf'
          : `${value}`;
    if (protocol === 3) line(`,${text}`);
    else bulk(out, Buffer.from(text));
  }
}

function big(value: bigint, protocol: 2 | 3): string {
  if (protocol === 2) throw new TypeError(`${value} does not fit the 64 bits of RESP2`);
  return `(${value}`;
}

function bulk(out: Buffer[], bytes: Buffer): void {
  out.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
}

function oneLine(text: string): string {
  if (/[\r\n]/.test(text)) throw new TypeError(`${JSON.stringify(text)} must not contain CR or LF`);
  return text;
}
