import { matcherOf } from '../../../store/match-query.ts';
import { firstRowOf, type FoundBlock, type StoreReading } from '../../../store/store-reading.ts';
import type { RecordSummary } from '../../api/records/record-summary.ts';
import type { SummaryQuestion } from '../question.ts';
import type { Turn, Turns } from '../turn.ts';
import { Digest, type DigestChunk, MAX_CHUNKS } from './digest.ts';
import { KnownRows } from './known-rows.ts';
import { chunkParts } from './row-set.ts';
import { SummaryCount } from './summary-count.ts';
import { type TimeSteps, timeSteps } from './time-steps.ts';

/** Records that a summary counts, the newest of those asked for. */
const MAX_ROWS = 256 * 1024;
/** Chunks in which they may lie: other summaries need some, too. */
const MAX_COUNTED_CHUNKS = MAX_CHUNKS - 16;
/** Blocks in which they may lie. */
const MAX_BLOCKS = 32 * 1024;
/** Queries of which the matching rows are kept. */
const MAX_QUERIES = 8;
/** How long one step may take, about. */
const STEP_MS = 5;
/** Rows that are counted in one step. */
const STEP_ROWS = 32 * 1024;

/** Rows of a block, the last one included. */
interface Stretch {
  readonly firstRow: number;
  readonly lastRow: number;
}

/** What a summary is about: read at one moment. */
interface Ground {
  /** The newest first. */
  readonly stretches: readonly Stretch[];
  readonly throughRow: number;
  readonly isComplete: boolean;
}

/**
 * Counts records by facets and over time. The page asks for the same again and again while records arrive: what is counted of each row is kept, and so is
 * whether it matches, so that only new rows are read from the store. Rows that retention forgets are not in the blocks any more, and not counted.
 */
export class RecordSummaries {
  readonly #reading: StoreReading;
  readonly #digest = new Digest();
  readonly #queries = new Map<string, KnownRows>();

  constructor(reading: StoreReading) {
    this.#reading = reading;
  }

  /** @param nowMs the end of a range that has a beginning only */
  *answer(question: SummaryQuestion, nowMs: number): Turns<RecordSummary> {
    const known = this.#knownOf(JSON.stringify(question.query));
    const ground = this.#reading.snapshot(() => this.#ground(question));
    yield* this.#read(question, known, ground);
    if (isOfAllTimes(question)) known.forgetBefore(ground.stretches.at(-1)?.firstRow ?? 0);
    let [matching, oldestMs, newestMs] = [0, Infinity, -Infinity];
    const hasAll = yield* this.#each(question, known, ground, (chunk, at) => {
      const timestampMs = chunk.timestampsMs[at]!;
      matching++;
      if (timestampMs < oldestMs) oldestMs = timestampMs;
      if (timestampMs > newestMs) newestMs = timestampMs;
    });
    const isComplete = ground.isComplete && hasAll;
    const counted = {
      isComplete,
      fromMs: matching > 0 ? oldestMs : nowMs,
      toMs: matching > 0 ? newestMs : nowMs,
    };
    return {
      matching,
      isComplete,
      oldestMs: matching > 0 ? oldestMs : null,
      newestMs: matching > 0 ? newestMs : null,
      throughRow: ground.throughRow,
      ...(yield* this.#count(question, known, ground, stepsFor(question, counted, nowMs))),
    };
  }

  *#count(
    question: SummaryQuestion,
    known: KnownRows,
    ground: Ground,
    steps: TimeSteps,
  ): Generator<Turn, ReturnType<SummaryCount['result']>> {
    const { version } = this.#digest;
    const count = new SummaryCount(this.#digest, steps);
    yield* this.#each(question, known, ground, (chunk, at) => count.add(chunk, at));
    if (this.#digest.version === version) return count.result();
    // Another question has renumbered the values meanwhile: once more, and without a pause.
    const again = new SummaryCount(this.#digest, steps);
    const turns = this.#each(question, known, ground, (chunk, at) => again.add(chunk, at));
    while (turns.next().done !== true);
    return again.result();
  }

  /** The one that was not asked for longest goes. */
  #knownOf(key: string): KnownRows {
    const known = this.#queries.get(key) ?? new KnownRows();
    this.#queries.delete(key);
    this.#queries.set(key, known);
    for (const oldest of this.#queries.keys()) {
      if (this.#queries.size <= MAX_QUERIES) break;
      this.#queries.delete(oldest);
    }
    return known;
  }

  /** Within a snapshot. */
  #ground(question: SummaryQuestion): Ground {
    const stretches: Stretch[] = [];
    const chunks = new Set<number>();
    let rows = 0;
    for (const found of this.#reading.blocksBefore(Infinity, question, false)) {
      const firstRow = firstRowOf(found);
      for (const { number } of chunkParts(firstRow, found.last_row)) chunks.add(number);
      if (rows >= MAX_ROWS || stretches.length >= MAX_BLOCKS || chunks.size > MAX_COUNTED_CHUNKS)
        return { stretches, throughRow: this.#reading.lastRow, isComplete: false };
      stretches.push({ firstRow, lastRow: found.last_row });
      rows += found.records;
    }
    return { stretches, throughRow: this.#reading.lastRow, isComplete: true };
  }

  /** Reads what is not known yet, the newest first. */
  *#read(question: SummaryQuestion, known: KnownRows, { stretches }: Ground): Turns<void> {
    const matcher = matcherOf(question.query);
    const unknown = stretches.filter((stretch) => this.#isUnknown(stretch, known));
    const [newest, oldest] = [unknown[0], unknown.at(-1)];
    if (newest === undefined || oldest === undefined) return;
    let at = newest.lastRow + 1;
    const look = (found: FoundBlock): void => {
      const firstRow = firstRowOf(found);
      at = firstRow;
      if (!this.#isUnknown({ firstRow, lastRow: found.last_row }, known)) return;
      if (matcher.usesFilter && !matcher.mayMatch(this.#reading.filterOf(found))) {
        for (let row = firstRow; row <= found.last_row; row++) known.note(row, false);
        return;
      }
      const block = this.#reading.block(found);
      for (let index = 0; index < block.count; index++) {
        const isMatching = known.isMatching(firstRow + index) ?? matcher.matches(block, index);
        known.note(firstRow + index, isMatching);
        if (isMatching) this.#digest.add(block, index);
      }
    };
    // What is merged or forgotten between two steps is found as it is then.
    const step = (): boolean => {
      const endMs = performance.now() + STEP_MS;
      for (const found of this.#reading.blocksBefore(at, question, false)) {
        if (found.last_row < oldest.firstRow) return true;
        look(found);
        if (performance.now() > endMs) return false;
      }
      return true;
    };
    while (!this.#reading.snapshot(step)) yield 'go-on';
  }

  #isUnknown({ firstRow, lastRow }: Stretch, known: KnownRows): boolean {
    return chunkParts(firstRow, lastRow).some(({ number, from, to }) => {
      const own = known.chunk(number);
      if (own === undefined) return true;
      const digested = this.#digest.chunk(number);
      for (let at = from; at <= to; at++)
        if (!own.known.has(at) || (own.matching.has(at) && digested?.present.has(at) !== true)) return true;
      return false;
    });
  }

  /** All rows that match, the newest block first. @returns false where some were forgotten meanwhile, for want of room */
  *#each(
    { sinceMs, untilMs }: SummaryQuestion,
    known: KnownRows,
    { stretches }: Ground,
    count: (chunk: DigestChunk, at: number) => void,
  ): Generator<Turn, boolean> {
    let hasAll = true;
    let left = STEP_ROWS;
    for (const { firstRow, lastRow } of stretches) {
      for (const { number, from, to } of chunkParts(firstRow, lastRow)) {
        const own = known.chunk(number);
        const chunk = this.#digest.chunk(number);
        // What was forgotten before it was read is not there any more.
        for (let at = from; own !== undefined && at <= to; at++) {
          if (!own.matching.has(at)) continue;
          if (chunk?.present.has(at) !== true) {
            hasAll = false;
            continue;
          }
          const timestampMs = chunk.timestampsMs[at]!;
          if (timestampMs >= sinceMs && timestampMs < untilMs) count(chunk, at);
        }
      }
      left -= lastRow - firstRow + 1;
      if (left > 0) continue;
      left = STEP_ROWS;
      yield 'go-on';
    }
    return hasAll;
  }
}

/** Over the range that was asked for, else that of what was counted; one that has only a beginning goes on until now. */
function stepsFor(
  { sinceMs, untilMs, buckets }: SummaryQuestion,
  counted: { readonly isComplete: boolean; readonly fromMs: number; readonly toMs: number },
  nowMs: number,
): TimeSteps {
  const hasBeginning = Number.isFinite(sinceMs);
  const from = hasBeginning && counted.isComplete ? sinceMs : counted.fromMs;
  const to = Number.isFinite(untilMs)
    ? untilMs - 1
    : hasBeginning
      ? Math.max(nowMs, counted.toMs)
      : counted.toMs;
  return timeSteps(from, Math.max(from, to), buckets);
}

/** Then what is before the blocks that were found is forgotten, or too old to be counted. */
function isOfAllTimes({ sinceMs, untilMs }: SummaryQuestion): boolean {
  return sinceMs === -Infinity && untilMs === Infinity;
}
