const FIRST = Buffer.from('"http":{');
const NEXT = Buffer.from(',"client":{');

/**
 * Where in a document's bytes all that is searched by words lies: heads and bodies, the URL and the error message. as-ecs.ts writes them one after the
 * other; a document that is made up otherwise is taken whole. That these bytes are names of fields is certain: within a string a quote is escaped.
 */
export function searchedPart(bytes: Buffer): { readonly from: number; readonly to: number } {
  const from = bytes.indexOf(FIRST);
  if (from < 0) return { from: 0, to: bytes.length };
  const to = bytes.indexOf(NEXT, from);
  return { from, to: to < 0 ? bytes.length : to };
}
