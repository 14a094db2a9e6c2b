import { parseIpv4, parseIpv6, showIpv6 } from '../address.ts';
import { MAX_V1_BYTES, MAX_V2_BYTES, type ProxyHeader, SIGNATURE_V2 } from './header.ts';

export type ProxyParse =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly message: string }
  /** `length` bytes of header; the rest is the connection's. */
  | { readonly kind: 'header'; readonly header: ProxyHeader; readonly length: number };

const MORE: ProxyParse = { kind: 'more' };
const OWN: ProxyHeader = { source: null, destination: null };
const V1_START = Buffer.from('PROXY ');
const HEAD_V2_BYTES = 16;
const TLV_CRC32C = 0x03;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, at the beginning of a connection. Strict: whoever may set addresses is trusted, so
 * what is not exactly right is refused, at the first byte that is wrong.
 */
export function parseProxyHeader(bytes: Buffer): ProxyParse {
  if (bytes.length === 0) return MORE;
  if (bytes[0] === SIGNATURE_V2[0]) return parseV2(bytes);
  return bytes[0] === V1_START[0] ? parseV1(bytes) : bad('the connection does not begin with a PROXY header');
}

function bad(message: string): ProxyParse {
  return { kind: 'bad', message };
}

function parseV1(bytes: Buffer): ProxyParse {
  const begun = Math.min(bytes.length, V1_START.length);
  if (!bytes.subarray(0, begun).equals(V1_START.subarray(0, begun)))
    return bad('the connection does not begin with a PROXY header');
  const end = bytes.subarray(0, MAX_V1_BYTES).indexOf('\r\n');
  if (end < 0) return bytes.length >= MAX_V1_BYTES ? bad('the PROXY line has no end') : MORE;
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  if (line === 'PROXY UNKNOWN' || line.startsWith('PROXY UNKNOWN '))
    return { kind: 'header', header: OWN, length };
  const [, family, source, destination, sourcePort, destinationPort] =
    /^PROXY (TCP4|TCP6) (\S+) (\S+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/.exec(line) ?? [];
  const parse = family === 'TCP4' ? parseIpv4 : parseIpv6;
  const isRight =
    source !== undefined &&
    parse(source) !== null &&
    parse(destination!) !== null &&
    Number(sourcePort) <= 65_535 &&
    Number(destinationPort) <= 65_535;
  if (!isRight) return bad('the PROXY line is malformed');
  return {
    kind: 'header',
    header: {
      source: { address: source, port: Number(sourcePort) },
      destination: { address: destination!, port: Number(destinationPort) },
    },
    length,
  };
}

function parseV2(bytes: Buffer): ProxyParse {
  const begun = Math.min(bytes.length, SIGNATURE_V2.length);
  if (!bytes.subarray(0, begun).equals(SIGNATURE_V2.subarray(0, begun)))
    return bad('the connection does not begin with a PROXY header');
  if (bytes.length > 12 && bytes[12]! >> 4 !== 2) return bad('the PROXY header is of an unknown version');
  const command = bytes[12]! & 0x0f;
  if (bytes.length > 12 && command > 1) return bad('the PROXY header has an unknown command');
  if (bytes.length < HEAD_V2_BYTES) return MORE;
  const size = bytes.readUInt16BE(14);
  if (size > MAX_V2_BYTES) return bad(`the PROXY header is longer than ${MAX_V2_BYTES} bytes`);
  const length = HEAD_V2_BYTES + size;
  if (bytes.length < length) return MORE;
  const family = bytes[13]! >> 4;
  const transport = bytes[13]! & 0x0f;
  if (family > 3 || transport > 2) return bad('the PROXY header has an unknown family');
  const addressBytes = [0, 12, 36, 216][family]!;
  if (command === 1 && size < addressBytes) return bad('the PROXY header is too short for its addresses');
  const fault = checkTlvs(bytes.subarray(0, length), HEAD_V2_BYTES + Math.min(size, addressBytes));
  if (fault !== null) return bad(fault);
  // A health check of the proxy itself, or ends that are no addresses.
  if (command === 0 || family === 0 || family === 3) return { kind: 'header', header: OWN, length };
  const width = family === 1 ? 4 : 16;
  const end = (from: number): string => {
    const raw = bytes.subarray(from, from + width);
    return family === 1 ? [...raw].join('.') : showIpv6(raw);
  };
  const at = HEAD_V2_BYTES;
  return {
    kind: 'header',
    header: {
      source: { address: end(at), port: bytes.readUInt16BE(at + 2 * width) },
      destination: { address: end(at + width), port: bytes.readUInt16BE(at + 2 * width + 2) },
    },
    length,
  };
}

/** What is wrong with the fields after the addresses; null if nothing. A checksum must be right. */
function checkTlvs(header: Buffer, from: number): string | null {
  for (let at = from; at < header.length;) {
    if (at + 3 > header.length) return 'the PROXY header ends inside a field';
    const type = header[at];
    const size = header.readUInt16BE(at + 1);
    if (at + 3 + size > header.length) return 'the PROXY header ends inside a field';
    if (type === TLV_CRC32C) {
      if (size !== 4) return 'the checksum of the PROXY header has a wrong length';
      const blank = Buffer.from(header);
      blank.fill(0, at + 3, at + 7);
      if (crc32c(blank) !== header.readUInt32BE(at + 3)) return 'the checksum of the PROXY header is wrong';
    }
    at += 3 + size;
  }
  return null;
}

/** Castagnoli's, bit by bit: headers are short. */
export function crc32c(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ ((sum & 1) === 1 ? 0x82f63b78 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
