/** Where a `listen` pipeline listens. */
export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

/** Reads `port`, `ip:port` or `[v6]:port`; without an address all interfaces (spec language 4.1). Null where malformed. */
export function parseListenAddress(value: unknown): ListenAddress | null {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value <= 65_535
      ? { address: '0.0.0.0', port: value }
      : null;
  if (typeof value !== 'string') return null;
  const parts = /^(?:(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]|localhost):)?(\d{1,5})$/.exec(value.trim());
  if (parts === null || Number(parts[2]) > 65_535) return null;
  const address = parts[1] === undefined ? '0.0.0.0' : parts[1].replace(/[[\]]/g, '');
  return { address: address === 'localhost' ? '127.0.0.1' : address, port: Number(parts[2]) };
}
