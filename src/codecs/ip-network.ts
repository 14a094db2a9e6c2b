import { type IpAddress, parseIp } from './address.ts';

const BITS = { 4: 32, 6: 128 } as const;

/** A block of addresses, as CIDR notation names it (RFC 4632, RFC 4291 section 2.3). */
export class IpNetwork {
  readonly family: 4 | 6;
  /** Bits of the prefix. */
  readonly prefixBits: number;
  readonly base: bigint;
  /** Ones where the hosts are. */
  readonly hosts: bigint;

  private constructor(address: IpAddress, prefixBits: number) {
    this.family = address.family;
    this.prefixBits = prefixBits;
    this.hosts = (1n << BigInt(BITS[address.family] - prefixBits)) - 1n;
    this.base = address.value & ~this.hosts;
  }

  /** `192.168.1.0/24`, `2001:db8::/32`, or one address; null where the text is none of these. */
  static parse(cidr: string): IpNetwork | null {
    const [text = '', bits, ...more] = cidr.split('/');
    const address = parseIp(text);
    if (address === null || more.length > 0) return null;
    const width = BITS[address.family];
    if (bits === undefined) return new IpNetwork(address, width);
    return /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= width
      ? new IpNetwork(address, Number(bits))
      : null;
  }

  /** The bits of an address of this family. */
  get width(): number {
    return BITS[this.family];
  }

  contains({ family, value }: IpAddress): boolean {
    return family === this.family && (value & ~this.hosts) === this.base;
  }
}
