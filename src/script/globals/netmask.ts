import { parseIpv4, parseIpv6, showIpv4, showIpv6 } from '../../codecs/address.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

/** Blocks of addresses (spec api 8). */
export const netmask: GlobalDeclaration = {
  name: 'Netmask',
  summary: 'A block of IPv4 or IPv6 addresses.',
  types: `/** A block of addresses such as \`192.168.1.0/24\` or \`2001:db8::/32\`. */
declare class Netmask {
  constructor(cidr: string);
  /** The lowest address. */
  readonly base: string;
  readonly mask: string;
  readonly hostmask: string;
  /** The highest address. */
  readonly broadcast: string;
  /** Bits of the prefix. */
  readonly bitmask: number;
  /** Number of addresses; above 2^53 to the nearest number. */
  readonly size: number;
  /** The first and last address for hosts. */
  readonly first: string;
  readonly last: string;
  contains(address: string): boolean;
}`,
  examples: [
    { code: `new Netmask('192.168.1.77/24').broadcast`, gives: '"192.168.1.255"' },
    { code: `new Netmask('10.0.0.0/8').contains('10.1.2.3')`, gives: 'true' },
    { code: `new Netmask('2001:db8::/32').contains('2001:db8:1::5')`, gives: 'true' },
  ],
  create: () => Netmask,
};

type Family = 4 | 6;
const BITS: Record<Family, number> = { 4: 32, 6: 128 };

class Netmask {
  readonly #text: string;
  readonly #family: Family;
  readonly #bits: number;
  readonly #base: bigint;
  /** Ones where the hosts are. */
  readonly #hosts: bigint;

  constructor(cidr: unknown) {
    if (typeof cidr !== 'string') throw expects(1, 'a string');
    const [text = '', bits, ...more] = cidr.split('/');
    const address = parseAddress(text);
    const isBits = bits === undefined || /^(?:0|[1-9]\d{0,2})$/.test(bits);
    const width = address === null ? 0 : BITS[address.family];
    if (address === null || !isBits || more.length > 0 || Number(bits ?? 0) > width)
      throw new TypeError(`invalid CIDR notation: ${cidr}`);
    this.#text = cidr;
    this.#family = address.family;
    this.#bits = bits === undefined ? width : Number(bits);
    this.#hosts = (1n << BigInt(width - this.#bits)) - 1n;
    this.#base = address.value & ~this.#hosts;
  }

  get base(): string {
    return this.#shown(this.#base);
  }

  get mask(): string {
    return this.#shown(((1n << BigInt(BITS[this.#family])) - 1n) & ~this.#hosts);
  }

  get hostmask(): string {
    return this.#shown(this.#hosts);
  }

  get broadcast(): string {
    return this.#shown(this.#base | this.#hosts);
  }

  get bitmask(): number {
    return this.#bits;
  }

  get size(): number {
    return Number(this.#hosts + 1n);
  }

  /** The ends of a block of one or two are its hosts (RFC 3021). */
  get first(): string {
    return this.#shown(this.#hosts < 2n ? this.#base : this.#base + 1n);
  }

  get last(): string {
    const end = this.#base | this.#hosts;
    return this.#shown(this.#hosts < 2n ? end : end - 1n);
  }

  contains(address: unknown): boolean {
    const parsed = typeof address === 'string' ? parseAddress(address) : null;
    return parsed !== null && parsed.family === this.#family && (parsed.value & ~this.#hosts) === this.#base;
  }

  toString(): string {
    return this.#text;
  }

  #shown(value: bigint): string {
    return this.#family === 4 ? showIpv4(value) : showIpv6(value);
  }
}

function parseAddress(text: string): { family: Family; value: bigint } | null {
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === null ? null : { family: 4, value };
  }
  const value = parseIpv6(text);
  return value === null ? null : { family: 6, value };
}
