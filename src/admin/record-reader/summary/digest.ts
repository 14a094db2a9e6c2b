import type { RecordFacts } from '../../../records/record-facts.ts';
import type { Block } from '../../../store/block.ts';
import { gapOf } from '../record-row-of.ts';
import { pathPattern, valuePattern } from './facet-pattern.ts';
import { latencyIndex } from './latency-scale.ts';
import { CHUNK_ROWS, RowSet } from './row-set.ts';
import { ValueTable } from './value-table.ts';

/** What is kept: a chunk takes 180 KB. */
export const MAX_CHUNKS = 64;

/** Facets whose values are texts. */
export const TEXT_FACETS = ['method', 'host', 'path', 'kind', 'mark'] as const;
export type TextFacet = (typeof TEXT_FACETS)[number];

const COLUMNS: Readonly<Record<TextFacet, keyof RecordFacts>> = {
  method: 'method',
  host: 'host',
  path: 'path',
  kind: 'kind',
  mark: 'marks',
};

/** Status classes, by number: what is no status of HTTP is told apart. */
export const STATUS_CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const;

/** What became of a record, by number. */
export const OUTCOMES = ['uncounted', 'success', 'clientError', 'serverError', 'missing'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What counting needs of so many rows one after the other, by their place among them. */
export interface DigestChunk {
  readonly present: RowSet;
  readonly timestampsMs: Float64Array;
  readonly statuses: Uint8Array;
  readonly outcomes: Uint8Array;
  /** 1 and more: an index of the latency scale and one. */
  readonly latencies: Uint16Array;
  /** Numbers of a ValueTable. */
  readonly values: Readonly<Record<TextFacet, Uint16Array>>;
  /** How many records a gap tells of. */
  readonly missing: Map<number, number>;
  lastUse: number;
}

/** What summaries count, kept in memory by row: rows never change, so each is read from the store once. What was not used for longest is forgotten. */
export class Digest {
  readonly tables: Readonly<Record<TextFacet, ValueTable>> = {
    method: new ValueTable(valuePattern),
    host: new ValueTable(valuePattern),
    path: new ValueTable(pathPattern),
    kind: new ValueTable(valuePattern),
    mark: new ValueTable(valuePattern),
  };
  /** Rises when numbers of values are given anew. */
  version = 0;
  readonly #chunks = new Map<number, DigestChunk>();
  #uses = 0;

  /** The chunk of that number, for rows from `number * CHUNK_ROWS` on. */
  chunk(number: number): DigestChunk | undefined {
    const chunk = this.#chunks.get(number);
    if (chunk !== undefined) chunk.lastUse = ++this.#uses;
    return chunk;
  }

  /** Enters a record of a block. */
  add(block: Block, index: number): void {
    const row = block.row(index);
    const chunk = this.#chunkFor(Math.floor(row / CHUNK_ROWS));
    const at = row % CHUNK_ROWS;
    if (chunk.present.has(at)) return;
    const status = block.value(index, 'status');
    const kind = block.value(index, 'kind');
    const duration = block.value(index, 'durationNs');
    const outcome = outcomeOf(block, index, kind, status);
    chunk.timestampsMs[at] = block.timestamps[index]!;
    chunk.statuses[at] = statusClass(status);
    chunk.outcomes[at] = OUTCOMES.indexOf(outcome);
    chunk.latencies[at] =
      kind === 'exchange' && typeof duration === 'number' && duration >= 0 ? 1 + latencyIndex(duration) : 0;
    for (const facet of TEXT_FACETS) {
      const value = block.value(index, COLUMNS[facet]);
      chunk.values[facet][at] = this.tables[facet].idOf(value === null ? null : String(value));
      if (this.tables[facet].isFull) this.#compact(facet);
    }
    if (outcome === 'missing') chunk.missing.set(at, gapOf(block, index).count);
    chunk.present.add(at);
  }

  #chunkFor(number: number): DigestChunk {
    let chunk = this.chunk(number);
    if (chunk !== undefined) return chunk;
    if (this.#chunks.size >= MAX_CHUNKS) this.#forgetOldest();
    chunk = {
      present: new RowSet(),
      timestampsMs: new Float64Array(CHUNK_ROWS),
      statuses: new Uint8Array(CHUNK_ROWS),
      outcomes: new Uint8Array(CHUNK_ROWS),
      latencies: new Uint16Array(CHUNK_ROWS),
      values: {
        method: new Uint16Array(CHUNK_ROWS),
        host: new Uint16Array(CHUNK_ROWS),
        path: new Uint16Array(CHUNK_ROWS),
        kind: new Uint16Array(CHUNK_ROWS),
        mark: new Uint16Array(CHUNK_ROWS),
      },
      missing: new Map(),
      lastUse: ++this.#uses,
    };
    this.#chunks.set(number, chunk);
    return chunk;
  }

  #forgetOldest(): void {
    let [oldest, lastUse] = [-1, Infinity];
    for (const [number, chunk] of this.#chunks)
      if (chunk.lastUse < lastUse) [oldest, lastUse] = [number, chunk.lastUse];
    this.#chunks.delete(oldest);
  }

  #compact(facet: TextFacet): void {
    this.version++;
    const table = this.tables[facet];
    const counts = new Uint32Array(table.size);
    for (const { values } of this.#chunks.values()) for (const id of values[facet]) counts[id]!++;
    const renumbered = table.compact(counts);
    for (const { values } of this.#chunks.values())
      for (const [at, id] of values[facet].entries()) values[facet][at] = renumbered[id]!;
  }
}

function statusClass(status: string | number | null): number {
  if (typeof status !== 'number') return 0;
  return status >= 100 && status < 600 ? Math.floor(status / 100) : STATUS_CLASSES.indexOf('other');
}

function outcomeOf(
  block: Block,
  index: number,
  kind: string | number | null,
  status: string | number | null,
): Outcome {
  if (kind === 'gap') return 'missing';
  // It stands for exchanges of which nobody knows what became of each.
  if (kind === 'summary') return 'uncounted';
  if (typeof status === 'number' && status >= 400 && status < 500) return 'clientError';
  const hasFailed =
    (typeof status === 'number' && status >= 500) ||
    block.value(index, 'errorType') !== null ||
    block.value(index, 'outcome') === 'failure';
  return hasFailed ? 'serverError' : 'success';
}
