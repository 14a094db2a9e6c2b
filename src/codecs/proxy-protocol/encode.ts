import { addressBytes, parseIpv4, parseIpv6 } from '../address.ts';
import { type ProxyEnd, type ProxyHeader, SIGNATURE_V2 } from './header.ts';

/** A header of the PROXY protocol; ends that are not known, or not of one family, are told as unknown. */
export function encodeProxyHeader(version: 1 | 2, { source, destination }: ProxyHeader): Buffer {
  const family = source === null || destination === null ? null : familyOf(source, destination);
  if (version === 1)
    return Buffer.from(
      family === null
        ? 'PROXY UNKNOWN\r\n'
        : `PROXY TCP${family} ${source!.address} ${destination!.address} ${source!.port} ${destination!.port}\r\n`,
    );
  // LOCAL without addresses: the connection is our own.
  if (family === null) return Buffer.concat([SIGNATURE_V2, Buffer.from([0x20, 0, 0, 0])]);
  const [parse, width, code] =
    family === 4 ? ([parseIpv4, 4, 0x11] as const) : ([parseIpv6, 16, 0x21] as const);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source!.port, 0);
  ports.writeUInt16BE(destination!.port, 2);
  const ends = [source!, destination!].map(({ address }) => addressBytes(parse(address)!, width));
  const body = Buffer.concat([...ends, ports]);
  return Buffer.concat([SIGNATURE_V2, Buffer.from([0x21, code, 0, body.length]), body]);
}

function familyOf(source: ProxyEnd, destination: ProxyEnd): 4 | 6 | null {
  const isAll = (parse: (text: string) => bigint | null): boolean =>
    parse(source.address) !== null && parse(destination.address) !== null;
  return isAll(parseIpv4) ? 4 : isAll(parseIpv6) ? 6 : null;
}
