/** `host:port`, `[::1]:port`; port 0 where none is given. */
export function splitAuthority(authority: string): { readonly host: string; readonly port: number } {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority);
  if (parts === null) return { host: authority, port: 0 };
  return { host: parts[1]!.replace(/^\[|\]$/g, ''), port: Number(parts[2] ?? 0) };
}
