/** Characters are told apart by these: all that is neither letter nor digit of ASCII is 0 and does not count. */
const KINDS = 64;
/** A state in the table takes 16 bits. */
const MOST_STATES = 65_536;

/** The kind of an ASCII character: 1 to 26 for letters of either case, 27 to 36 for digits, 0 for the rest. */
export function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48 + 27;
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? lower - 96 : 0;
}

/**
 * Finds many words in a text at once, one step a character (Aho and Corasick, 1975). Only letters and digits of ASCII count, in any
 * case; whatever stands between them is passed over: `pass-word` holds `password`.
 *
 * The table is walked by whoever reads the text: `state = next[state * 64 + kind]`, from 0. A state from `firstHit` on has just
 * completed words.
 */
export class LiteralAutomaton {
  readonly next: Uint16Array;
  readonly firstHit: number;
  readonly #hits: readonly (readonly string[])[];

  /**
   * @param words of lower-case letters and digits of ASCII
   * @throws RangeError where they are more than a table holds
   */
  constructor(words: readonly string[]) {
    const trie = trieOf(words);
    const { completed } = trie;
    const { order, rows } = completeRows(trie);
    // States that complete words come last, so that one comparison tells them.
    const quiet = order.filter((state) => completed[state]!.length === 0);
    const hits = order.filter((state) => completed[state]!.length > 0);
    this.firstHit = quiet.length + hits.length;
    const count = this.firstHit + hits.length;
    if (count > MOST_STATES) throw new RangeError(`${words.length} words are too many for one automaton`);
    const numbers = new Uint16Array(order.length);
    for (const [index, state] of quiet.entries()) numbers[state] = index;
    for (const [index, state] of hits.entries()) numbers[state] = this.firstHit + index;
    this.next = new Uint16Array(count * KINDS);
    for (const state of order) {
      const own = numbers[state]!;
      // A word is told once: what does not count leads to a state that goes on alike and tells nothing.
      const after = own < this.firstHit ? own : own - hits.length;
      for (const from of own === after ? [own] : [own, after]) {
        this.next[from * KINDS] = after;
        for (let kind = 1; kind < KINDS; kind++)
          this.next[from * KINDS + kind] = numbers[rows[state]![kind]!]!;
      }
    }
    this.#hits = hits.map((state) => completed[state]!);
  }

  /** The words that a state (from `firstHit` on) completes. */
  wordsAt(state: number): readonly string[] {
    return this.#hits[state - this.firstHit]!;
  }
}

interface Trie {
  /** Of each state by kind; the root is 0. */
  readonly children: Map<number, number>[];
  readonly completed: string[][];
}

function trieOf(words: readonly string[]): Trie {
  const children: Map<number, number>[] = [new Map()];
  const completed: string[][] = [[]];
  for (const word of new Set(words)) {
    let state = 0;
    for (let at = 0; at < word.length; at++) {
      const kind = kindOf(word.charCodeAt(at));
      let child = children[state]!.get(kind);
      if (child === undefined) {
        child = children.push(new Map()) - 1;
        completed.push([]);
        children[state]!.set(kind, child);
      }
      state = child;
    }
    if (state !== 0) completed[state]!.push(word);
  }
  return { children, completed };
}

/** What follows each state on each kind, by breadth: where a word breaks off, its longest end that begins another goes on. */
function completeRows({ children, completed }: Trie): { order: number[]; rows: Uint16Array[] } {
  const rows = children.map(() => new Uint16Array(KINDS));
  const fallbacks = children.map(() => 0);
  const order = [0];
  for (const state of order) {
    const fallback = fallbacks[state]!;
    for (let kind = 1; kind < KINDS; kind++) {
      const child = children[state]!.get(kind);
      const elsewhere = state === 0 ? 0 : rows[fallback]![kind]!;
      rows[state]![kind] = child ?? elsewhere;
      if (child === undefined) continue;
      fallbacks[child] = elsewhere;
      completed[child]!.push(...completed[elsewhere]!);
      order.push(child);
    }
  }
  return { order, rows };
}
