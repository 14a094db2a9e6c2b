import { parseIp, showIp } from '../address.ts';

/** One hop of a chain of proxies, as the next one saw it. */
export interface Hop {
  /** In its canonical form. */
  readonly address: string;
  /** Null where it is not told. */
  readonly port: number | null;
}

const MAPPED = 0xffffn;

/**
 * An entry of `X-Forwarded-For` or the `for` of `Forwarded` (RFC 7239 section 6): an address, with or without brackets and port. Null for
 * `unknown`, obfuscated names and everything else.
 */
export function parseHop(text: string): Hop | null {
  const parts = /^(?:\[([^\]]{1,45})\]|(\d[\d.]{1,14}))(?::(\d{1,5}))?$/.exec(text);
  const bare = parts === null ? text : (parts[1] ?? parts[2]!);
  if (bare.length > 45 || (parts?.[1] !== undefined && !bare.includes(':'))) return null;
  const parsed = parseIp(bare);
  if (parsed === null || Number(parts?.[3] ?? 0) > 65_535) return null;
  const isMapped = parsed.family === 6 && parsed.value >> 32n === MAPPED;
  const address = isMapped ? ({ family: 4, value: parsed.value & 0xffff_ffffn } as const) : parsed;
  return { address: showIp(address), port: parts?.[3] === undefined ? null : Number(parts[3]) };
}
