/** A name for a download that no record can make into anything else: `tapline-01a214b4-….har`. @param extension without the dot */
export function fileName(id: string | null, extension: string): string {
  const safe = (id ?? '').replace(/[^0-9A-Za-z-]/g, '').slice(0, 64);
  return `tapline-${safe === '' ? 'record' : safe}.${extension}`;
}
