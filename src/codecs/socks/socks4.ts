/** What a client of SOCKS4 or 4a asks for. */
export interface Socks4Request {
  /** Dotted address, or the host name of 4a. */
  readonly address: string;
  readonly port: number;
  /** `''` where there is none. */
  readonly user: string;
}

export type Socks4Parse =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad' }
  /** `length` bytes of the head; the rest is the client's stream. */
  | { readonly kind: 'request'; readonly request: Socks4Request; readonly length: number };

const FIXED_BYTES = 8;
const MAX_TEXT_BYTES = 256;
const CONNECT = 1;

/** The longest head that `parseSocks4` asks more for. */
export const MAX_SOCKS4_BYTES = FIXED_BYTES + 2 * (MAX_TEXT_BYTES + 1);

/**
 * Reads the head of a SOCKS4/4a connection from the first bytes of it (spec filters, proxySOCKS4): version 4, command 1, port, address,
 * user id and NUL; an address 0.0.0.x is followed by a host name and NUL. What is too long is bad.
 */
export function parseSocks4(bytes: Buffer): Socks4Parse {
  if (bytes.length > 0 && bytes[0] !== 4) return { kind: 'bad' };
  if (bytes.length > 1 && bytes[1] !== CONNECT) return { kind: 'bad' };
  if (bytes.length < FIXED_BYTES) return { kind: 'more' };
  const user = textAt(bytes, FIXED_BYTES);
  if (typeof user === 'string') return { kind: user };
  const port = bytes.readUInt16BE(2);
  const isNamed = bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0;
  if (!isNamed) {
    const address = [...bytes.subarray(4, 8)].join('.');
    return { kind: 'request', request: { address, port, user: user.text }, length: user.end };
  }
  const host = textAt(bytes, user.end);
  if (typeof host === 'string') return { kind: host };
  return { kind: 'request', request: { address: host.text, port, user: user.text }, length: host.end };
}

/** The answer: granted or rejected, and six bytes that nobody reads. */
export function socks4Reply(isGranted: boolean): Buffer {
  return Buffer.from([0, isGranted ? 0x5a : 0x5b, 0, 0, 0, 0, 0, 0]);
}

function textAt(bytes: Buffer, from: number): { text: string; end: number } | 'more' | 'bad' {
  const end = bytes.indexOf(0, from);
  const length = (end < 0 ? bytes.length : end) - from;
  if (length > MAX_TEXT_BYTES) return 'bad';
  return end < 0 ? 'more' : { text: bytes.toString('utf8', from, end), end: end + 1 };
}
