import { showIpv6 } from '../address.ts';

/** Authentication methods of RFC 1928 section 3. */
export const METHOD_NONE = 0x00;
export const METHOD_PASSWORD = 0x02;
export const METHOD_UNACCEPTABLE = 0xff;

/** Reply codes of RFC 1928 section 6. */
export const REPLY = {
  granted: 0x00,
  notAllowed: 0x02,
  commandNotSupported: 0x07,
  addressTypeNotSupported: 0x08,
} as const;

type Parse<T> =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad' }
  | ({ readonly kind: 'done'; readonly length: number } & T);

const MORE = { kind: 'more' } as const;
const BAD = { kind: 'bad' } as const;

/** The methods that a client offers: version 5, a count, the methods. */
export function parseMethods(bytes: Buffer): Parse<{ readonly methods: readonly number[] }> {
  if (bytes.length > 0 && bytes[0] !== 5) return BAD;
  if (bytes.length < 2 || bytes.length < 2 + bytes[1]!) return MORE;
  const length = 2 + bytes[1]!;
  return { kind: 'done', methods: [...bytes.subarray(2, length)], length };
}

/** A name and a password (RFC 1929 section 2). */
export function parsePassword(bytes: Buffer): Parse<{ readonly user: string; readonly password: string }> {
  if (bytes.length > 0 && bytes[0] !== 1) return BAD;
  if (bytes.length < 2) return MORE;
  const userEnd = 2 + bytes[1]!;
  if (bytes.length < userEnd + 1) return MORE;
  const end = userEnd + 1 + bytes[userEnd]!;
  if (bytes.length < end) return MORE;
  return {
    kind: 'done',
    user: bytes.toString('utf8', 2, userEnd),
    password: bytes.toString('utf8', userEnd + 1, end),
    length: end,
  };
}

export interface Socks5Request {
  /** 1 CONNECT, 2 BIND, 3 UDP ASSOCIATE. */
  readonly command: number;
  /** Address or host name; null for a type that nobody knows. */
  readonly address: string | null;
  readonly port: number;
}

/** What a client asks for (RFC 1928 section 4). */
export function parseRequest(bytes: Buffer): Parse<{ readonly request: Socks5Request }> {
  if (bytes.length > 0 && bytes[0] !== 5) return BAD;
  if (bytes.length < 5) return MORE;
  const command = bytes[1]!;
  const type = bytes[3]!;
  const addressBytes = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? 1 + bytes[4]! : 0;
  if (addressBytes === 0)
    return { kind: 'done', request: { command, address: null, port: 0 }, length: bytes.length };
  const end = 4 + addressBytes + 2;
  if (bytes.length < end) return MORE;
  const raw = bytes.subarray(4, 4 + addressBytes);
  const address = type === 1 ? [...raw].join('.') : type === 3 ? raw.toString('utf8', 1) : showIpv6(raw);
  return { kind: 'done', request: { command, address, port: bytes.readUInt16BE(end - 2) }, length: end };
}

/** A reply with an address of zeros (RFC 1928 section 6). */
export function socks5Reply(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** The longest head of each step. */
export const MAX_SOCKS5_BYTES = 3 + 255 + 255;
