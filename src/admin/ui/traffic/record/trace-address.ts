/** Where a trace can be seen: the template with the id in it. Null where that is no http address, or the id is no trace id. */
export function traceAddress(template: string | null, traceId: string | null): string | null {
  if (template === null || traceId === null || !/^[0-9a-z_-]{1,128}$/i.test(traceId)) return null;
  const address = template.replaceAll('{trace}', traceId);
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : null;
}
