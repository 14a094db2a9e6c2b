/** A host and port to connect to or listen on. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port`, split at the last colon; IPv6 with or without brackets (spec language 5).
 * Null where the text is no target.
 */
export function parseTarget(text: string): Target | null {
  const colon = text.lastIndexOf(':');
  if (colon <= 0) return null;
  const digits = text.slice(colon + 1);
  if (!/^\d{1,5}$/.test(digits)) return null;
  const port = Number(digits);
  if (port < 1 || port > 65535) return null;
  let host = text.slice(0, colon);
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1);
  if (host === '' || /[\s[\]/]/.test(host)) return null;
  return { host, port };
}
