/** The group of a thread of the gateway by its name: `data` moves bytes and makes records, `main` delivers, `v8` collects garbage and compiles, `pool` is that of libuv. */
export function gatewayThread(name: string, isFirst: boolean): 'data' | 'main' | 'v8' | 'pool' | 'other' {
  if (isFirst) return 'main';
  if (name.startsWith('data-')) return 'data';
  if (name.includes('V8Worker') || name.startsWith('DelayedTask')) return 'v8';
  return name.startsWith('libuv') ? 'pool' : 'other';
}
