/** A key of a document's top level, with what stands around it. Within a string a quote is escaped: these bytes are nothing else. */
const FIRST = Buffer.from('"http":{');
const NEXT = Buffer.from(',"client":{');
/** Keys that words are searched under, as bytes that none of the recorder's documents has elsewhere. */
const SEARCHED = ['"http":', '"url"', '"error"'].map((key) => Buffer.from(key));
/** How far from its place in the last document a key is looked for before the whole document is searched. */
const REACH = 16;

/**
 * Finds where in the bytes of documents all that is searched by words lies: heads and bodies, the URL and the error message. ecs/exchange-text.ts writes them one
 * after the other, so that this is right for its documents only: one that a script has changed is searched whole. What stands before and behind them differs by a few digits from document to
 * document, so that the last place is a good guess, and cheaper than a search.
 */
export class SearchedPart {
  from = 0;
  to = 0;
  #lastFrom = 0;
  #lastRest = 0;

  /** Sets `from` and `to`; to the ends where the keys are not there. @param bytes a document as the recorder wrote it */
  find(bytes: Buffer): void {
    let from = near(bytes, FIRST, this.#lastFrom);
    if (from < 0) from = bytes.indexOf(FIRST);
    let to = from < 0 ? -1 : near(bytes, NEXT, bytes.length - this.#lastRest);
    if (to < from) to = from < 0 ? -1 : bytes.indexOf(NEXT, from);
    this.from = Math.max(0, from);
    this.to = to < 0 ? bytes.length : to;
    this.#lastFrom = this.from;
    this.#lastRest = bytes.length - this.to;
  }
}

/** Whether `find` is right for a document of which nobody knows whether a script has changed it. */
export function isFoundWhole(bytes: Buffer): boolean {
  const part = new SearchedPart();
  part.find(bytes);
  const outside = [bytes.subarray(0, part.from), bytes.subarray(part.to)];
  return outside.every((rest) => SEARCHED.every((key) => !rest.includes(key)));
}

/** Where `key` begins within REACH of a place; -1 where it does not. */
function near(bytes: Buffer, key: Buffer, place: number): number {
  const end = Math.min(place + REACH, bytes.length - key.length);
  for (let start = Math.max(0, place - REACH); start <= end; start++) {
    let same = 0;
    while (same < key.length && bytes[start + same] === key[same]) same++;
    if (same === key.length) return start;
  }
  return -1;
}
