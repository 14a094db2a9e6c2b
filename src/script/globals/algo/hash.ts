const FNV_PRIME = 0x100000001b3n;
const FNV_OFFSET = 0xcbf29ce484222325n;
const MASK_64 = (1n << 64n) - 1n;
const MASK_53 = (1n << 53n) - 1n;

const objectHashes = new WeakMap<object, number>();
let lastObjectHash = 0;

/**
 * A whole number from 0 to 2^53-1 (spec api 11): 53 bits of FNV-1a over type and text, the same in every run for text, numbers and
 * booleans; for objects a number of their own that lives as long as they do.
 */
export function hash(value: unknown): number {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    let own = objectHashes.get(value);
    if (own === undefined) objectHashes.set(value, (own = fnv(`object:${++lastObjectHash}`)));
    return own;
  }
  return fnv(`${typeof value}:${String(value)}`);
}

function fnv(text: string): number {
  let sum = FNV_OFFSET;
  for (const byte of Buffer.from(text, 'utf8')) sum = ((sum ^ BigInt(byte)) * FNV_PRIME) & MASK_64;
  // Folded, so that the high bits count as well.
  return Number((sum ^ (sum >> 53n)) & MASK_53);
}
