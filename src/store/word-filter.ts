import { wordsOf } from './words.ts';

/** Code units of the beginning that longer words are entered by as well, for searches of beginnings. */
export const PREFIX_LENGTH = 4;
const BITS_PER_WORD = 10;
const BITS_SET = 4;
/** Words beyond which a block goes without a filter: it is read for every search. */
const MAX_WORDS = 1 << 18;
const RECENT = 1 << 14;
const MULTIPLIER = 0x01000193;
/** Words and beginnings of words are told apart. */
const PREFIX_SALT = 0x5bd1e995;

/** What a byte of JSON text is to words: folded itself, a letter of a longer character, a backslash, or no part of any (0). */
const CLASSES = new Uint8Array(256);
const BACKSLASH = 1;
for (let byte = 0; byte < 256; byte++)
  if (byte >= 0x80) CLASSES[byte] = byte;
  else if (/[a-z0-9]/i.test(String.fromCharCode(byte)))
    CLASSES[byte] = String.fromCharCode(byte).toLowerCase().charCodeAt(0);
CLASSES[0x5c] = BACKSLASH;

/**
 * Collects the words of JSON text, without parsing it, into a Bloom filter: which words a block of records does not have. It is made for blocks one after
 * the other; `reset` begins the next.
 */
export class WordFilter {
  /** Of words that came lately, so that most of the repeated ones are entered once. */
  readonly #recent = new Int32Array(RECENT);
  #hashes = new Int32Array(4096);
  #count = 0;
  #isFull = false;

  reset(): void {
    this.#recent.fill(0);
    // No word has come yet, also none whose hash is 0: it would stand in this place, and 1 in another.
    this.#recent[slotOf(0)] = 1;
    if (this.#hashes.length > 1 << 16) this.#hashes = new Int32Array(4096);
    this.#count = 0;
    this.#isFull = false;
  }

  /** Enters all words between two places of JSON text, names of fields included. */
  addJson(bytes: Uint8Array, from: number, to: number): void {
    const recent = this.#recent;
    let at = from;
    while (at < to) {
      const first = CLASSES[bytes[at]!]!;
      if (first <= BACKSLASH) {
        at += first === BACKSLASH ? this.#escape(bytes, at) : 1;
        continue;
      }
      const start = at;
      let hash = 0;
      let bits = 0;
      let part = first;
      do {
        bits |= part;
        hash = Math.imul(hash ^ part, MULTIPLIER);
        part = ++at < to ? CLASSES[bytes[at]!]! : 0;
      } while (part > BACKSLASH);
      if (bits >= 0x80) this.#addText(bytes, start, at);
      // Most words have just been entered, and their beginnings with them.
      else if (recent[slotOf(hash)] !== hash) {
        this.#add(hash);
        if (at - start > PREFIX_LENGTH) this.#add(prefixOf(bytes, start));
      }
    }
  }

  /** Enters a text as one word, whatever it consists of. */
  addWhole(text: string): void {
    this.#add(hashOf(text));
  }

  /** The filter of all that was entered; null where there was too much. */
  toBytes(): Buffer | null {
    if (this.#isFull) return null;
    const bytes = Buffer.alloc(Math.max(8, Math.ceil((this.#count * BITS_PER_WORD) / 8)));
    for (let index = 0; index < this.#count; index++) {
      const hash = this.#hashes[index]!;
      const step = stepOf(hash);
      let bit = hash >>> 0;
      for (let turn = 0; turn < BITS_SET; turn++) {
        const at = bit % (bytes.length * 8);
        bytes[at >>> 3]! |= 1 << (at & 7);
        bit = (bit + step) >>> 0;
      }
    }
    return bytes;
  }

  #add(hash: number): void {
    const slot = slotOf(hash);
    if (this.#recent[slot] === hash) return;
    this.#recent[slot] = hash;
    if (this.#count === this.#hashes.length) {
      if (this.#count >= MAX_WORDS) {
        this.#isFull = true;
        return;
      }
      const larger = new Int32Array(this.#count * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes[this.#count++] = hash;
  }

  /** Words with other letters than those of ASCII, and what stands between such words. */
  #addText(bytes: Uint8Array, from: number, to: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
    for (const word of wordsOf(text)) {
      this.#add(hashOf(word));
      if (word.length > PREFIX_LENGTH) this.#add(prefixHashOf(word));
    }
  }

  /**
   * The length of an escape. Control characters and lone surrogates are no parts of words; of any other character that is escaped nobody knows here
   * what it belongs to.
   */
  #escape(bytes: Uint8Array, at: number): number {
    if (bytes[at + 1] !== 0x75) return 2;
    const digits = String.fromCharCode(bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!, bytes[at + 5]!);
    if (!/^(00[01]|007f|d[89a-f])/i.test(digits)) this.#isFull = true;
    return 6;
  }
}

/** The hash of a beginning, of bytes of ASCII. */
function prefixOf(bytes: Uint8Array, start: number): number {
  let hash = 0;
  for (let at = start; at < start + PREFIX_LENGTH; at++)
    hash = Math.imul(hash ^ CLASSES[bytes[at]!]!, MULTIPLIER);
  return hash ^ PREFIX_SALT;
}

/** Where a hash stands among the recent ones; its upper bits are the better mixed ones. */
function slotOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 18;
}

/** Whether a word may be in a block with this filter. @param word folded */
export function mayHaveWord(filter: Uint8Array | null, word: string): boolean {
  return filter === null || hasHash(filter, hashOf(word));
}

/** Whether a word that begins so may be in a block with this filter. @param beginning folded */
export function mayHavePrefix(filter: Uint8Array | null, beginning: string): boolean {
  if (filter === null || beginning.length < PREFIX_LENGTH) return true;
  return (
    hasHash(filter, prefixHashOf(beginning)) ||
    (beginning.length === PREFIX_LENGTH && hasHash(filter, hashOf(beginning)))
  );
}

function hasHash(filter: Uint8Array, hash: number): boolean {
  const step = stepOf(hash);
  let bit = hash >>> 0;
  for (let turn = 0; turn < BITS_SET; turn++) {
    const at = bit % (filter.length * 8);
    if ((filter[at >>> 3]! & (1 << (at & 7))) === 0) return false;
    bit = (bit + step) >>> 0;
  }
  return true;
}

function prefixHashOf(word: string): number {
  return hashOf(word.slice(0, PREFIX_LENGTH)) ^ PREFIX_SALT;
}

/** FNV-1a over code units. */
function hashOf(word: string): number {
  let hash = 0;
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), MULTIPLIER);
  return hash;
}

/** The distance of a word's bits, odd. */
function stepOf(hash: number): number {
  return (Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 1) | 1;
}
