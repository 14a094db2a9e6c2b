/** The 4 bytes of a dotted address as a number; null where it is none. No leading zeros: those would be octal elsewhere. */
export function parseIpv4(text: string): bigint | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let value = 0n;
  for (const octet of octets) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

/** The 16 bytes of an IPv6 address as a number; null where it is none (RFC 4291 section 2.2). */
export function parseIpv6(text: string): bigint | null {
  let rest = text;
  const tail = /:(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const low = parseIpv4(tail[1]!);
    if (low === null) return null;
    rest = `${text.slice(0, tail.index)}:${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const count = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 1 ? count !== 8 : count > 7) return null;
  const all = [...groups[0]!, ...Array.from({ length: 8 - count }, () => '0'), ...(groups[1] ?? [])];
  let value = 0n;
  for (const group of all) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
}

export function showIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => `${(value >> shift) & 255n}`).join('.');
}

/** 16 bytes, or their number, as text: lower case, the longest run of zeros left out (RFC 5952). */
export function showIpv6(address: Buffer | bigint): string {
  const value = typeof address === 'bigint' ? address : BigInt(`0x${address.toString('hex')}`);
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** The bytes of an address of `width` bytes. */
export function addressBytes(value: bigint, width: 4 | 16): Buffer {
  return Buffer.from(value.toString(16).padStart(width * 2, '0'), 'hex');
}

/** An address as a number, with its family. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** An IPv4 or IPv6 address; null where the text is neither. */
export function parseIp(text: string): IpAddress | null {
  const family = text.includes(':') ? 6 : 4;
  const value = family === 4 ? parseIpv4(text) : parseIpv6(text);
  return value === null ? null : { family, value };
}

export function showIp({ family, value }: IpAddress): string {
  return family === 4 ? showIpv4(value) : showIpv6(value);
}
