import { parseIp, showIp } from '../../codecs/address.ts';
import { IpNetwork } from '../../codecs/ip-network.ts';
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

class Netmask {
  readonly #text: string;
  readonly #network: IpNetwork;

  constructor(cidr: unknown) {
    if (typeof cidr !== 'string') throw expects(1, 'a string');
    const network = IpNetwork.parse(cidr);
    if (network === null) throw new TypeError(`invalid CIDR notation: ${cidr}`);
    this.#text = cidr;
    this.#network = network;
  }

  get base(): string {
    return this.#shown(this.#network.base);
  }

  get mask(): string {
    const { width, hosts } = this.#network;
    return this.#shown(((1n << BigInt(width)) - 1n) & ~hosts);
  }

  get hostmask(): string {
    return this.#shown(this.#network.hosts);
  }

  get broadcast(): string {
    return this.#shown(this.#network.base | this.#network.hosts);
  }

  get bitmask(): number {
    return this.#network.prefixBits;
  }

  get size(): number {
    return Number(this.#network.hosts + 1n);
  }

  /** The ends of a block of one or two are its hosts (RFC 3021). */
  get first(): string {
    const { base, hosts } = this.#network;
    return this.#shown(hosts < 2n ? base : base + 1n);
  }

  get last(): string {
    const { base, hosts } = this.#network;
    const end = base | hosts;
    return this.#shown(hosts < 2n ? end : end - 1n);
  }

  contains(address: unknown): boolean {
    const parsed = typeof address === 'string' ? parseIp(address) : null;
    return parsed !== null && this.#network.contains(parsed);
  }

  toString(): string {
    return this.#text;
  }

  #shown(value: bigint): string {
    return showIp({ family: this.#network.family, value });
  }
}
