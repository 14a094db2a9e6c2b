import { parseIp } from '../address.ts';
import { IpNetwork } from '../ip-network.ts';
import { parseForwarded } from './forwarded-field.ts';
import { type Hop, parseHop } from './hop.ts';

/** Entries of a chain that are looked at: no request passes so many proxies. */
const MAX_HOPS = 64;

/** The client behind proxies, as far as they can be believed. */
export interface ForwardedClient extends Hop {
  readonly field: 'x-forwarded-for' | 'forwarded';
  /** An entry that had to be read is no address; the client is whoever is known before it. */
  readonly isMalformed: boolean;
  /** `Forwarded` tells of another client than `X-Forwarded-For`, which is believed. */
  readonly hasConflict: boolean;
}

/** The proxies in front of the gateway whose word on the client's address is taken. */
export class TrustedProxies {
  readonly #networks: readonly IpNetwork[];
  /** Connections are few, requests many. */
  #lastAddress = '';
  #lastVerdict = false;

  /** @param networks in CIDR notation; throws where one is not */
  constructor(networks: readonly string[]) {
    this.#networks = networks.map((text) => {
      const network = IpNetwork.parse(text);
      if (network === null) throw new TypeError(`invalid CIDR notation: ${text}`);
      return network;
    });
  }

  get isEmpty(): boolean {
    return this.#networks.length === 0;
  }

  has(address: string): boolean {
    if (address !== this.#lastAddress) {
      this.#lastVerdict = this.#contains(address);
      this.#lastAddress = address;
    }
    return this.#lastVerdict;
  }

  #contains(address: string): boolean {
    const parsed = parseIp(address);
    return parsed !== null && this.#networks.some((network) => network.contains(parsed));
  }

  /**
   * The client of a request that `peer` has sent: the last address of the chain that is no trusted proxy. Null where `peer` is none itself or
   * forwards no address. What clients write is in front of what proxies add, so the chain is read from its end, and never beyond an entry
   * that cannot be read.
   */
  clientOf(
    peer: string,
    forwardedFor: string | undefined,
    forwarded: string | undefined,
  ): ForwardedClient | null {
    if (this.isEmpty || (forwardedFor === undefined && forwarded === undefined) || !this.has(peer))
      return null;
    const byList = forwardedFor === undefined ? null : this.#last(peer, listFromEnd(forwardedFor));
    const byField = forwarded === undefined ? null : this.#last(peer, forwardedFromEnd(forwarded));
    if (byList === null)
      return byField === null ? null : { ...byField, field: 'forwarded', hasConflict: false };
    const hasConflict = byField !== null && byField.address !== byList.address;
    return { ...byList, field: 'x-forwarded-for', hasConflict };
  }

  #last(peer: string, entries: Iterable<string>): (Hop & { isMalformed: boolean }) | null {
    let hop: Hop = { address: peer, port: null };
    let count = 0;
    for (const entry of entries) {
      const next = ++count > MAX_HOPS ? null : parseHop(entry);
      if (next === null) return { address: hop.address, port: null, isMalformed: true };
      hop = next;
      if (!this.#contains(hop.address)) break;
    }
    return count === 0 ? null : { ...hop, isMalformed: false };
  }
}

/** Entries of a comma list from its end; those that are never asked for cost nothing. */
function* listFromEnd(list: string): Iterable<string> {
  let end = list.length;
  while (end >= 0) {
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1);
    const entry = list.slice(comma + 1, end).trim();
    if (entry !== '') yield entry;
    end = comma;
  }
}

function* forwardedFromEnd(value: string): Iterable<string> {
  const elements = parseForwarded(value);
  if (elements === null) yield '';
  else for (const { pairs } of elements.toReversed()) yield pairs.get('for') ?? '';
}
