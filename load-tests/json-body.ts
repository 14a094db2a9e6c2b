/** JSON of exactly so many bytes (at least 24), as an application's: objects with short keys, words and numbers. The same in every run. */
export function jsonBody(bytes: number): string {
  const items: string[] = [];
  let length = '{"items":[],"fill":""}'.length;
  for (let number = 1; ; number++) {
    const item = `{"id":${number},"sku":"A-${(number * 7919) % 1000}","count":${(number * 31) % 97},"state":"ready"}`;
    // One comma a pair.
    const more = item.length + (items.length === 0 ? 0 : 1);
    if (length + more > bytes) break;
    items.push(item);
    length += more;
  }
  return `{"items":[${items.join(',')}],"fill":"${'x'.repeat(bytes - length)}"}`;
}
