import { isIPv6 } from 'node:net';

/** A client by its address: of IPv6 its network (/64), since whoever has one address there has all of it, and changes it each day. */
export function clientNetwork(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...Array.from({ length: zeros }, () => '0')].slice(0, 4).join(':');
}
