import * as zlib from 'node:zlib';
import type { EcsDocument } from '../records/ecs-document.ts';
import { readDocument } from '../records/read-document.ts';
import type { RecordDocument } from '../records/record-document.ts';
import { FACT_NAMES, type RecordFacts } from '../records/record-facts.ts';
import { isFoundWhole } from '../records/searched-part.ts';
import { spacedWords } from './words.ts';

/** What a record can be compared by. */
export type Column =
  | keyof RecordFacts
  | 'id'
  | 'run'
  | 'thread'
  | 'sequence'
  | 'timestampMs'
  | 'sourceBytes'
  | 'destinationBytes'
  | 'bytes';

/** Texts that are searched by words. */
export type WordColumn = 'requestBody' | 'responseBody' | 'other';

/** A block as it lies in the store; `block-writer.ts` makes it. */
export interface BlockContents {
  readonly run: string;
  readonly thread: number;
  readonly lastRow: number;
  readonly columns: () => Uint8Array;
  readonly documents: () => Uint8Array;
}

/** What was read of a record to be searched. */
interface SearchedRecord {
  readonly index: number;
  /** Its document in lower case, null where it is not all ASCII; undefined before that was asked for. */
  ascii?: string | null;
  readonly words: { [column in WordColumn]?: string };
}

const FACT_INDEX = new Map<string, number>(FACT_NAMES.map((name, index) => [name, index]));
// oxlint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
const BEYOND_ASCII = /[^\x00-\x7f]/;
const ZSTD_MAGIC = 0xfd2fb528;
export const COLUMNS_HEADER_BYTES = 8;

/** Records that were stored together, read back. Nothing is unpacked before it is asked for. */
export class Block {
  readonly count: number;
  readonly #contents: BlockContents;
  readonly #packed: Buffer;
  readonly #numbers: { readonly [name in (typeof NUMBER_COLUMNS)[number]]: Float64Array };
  readonly #documentLengths: Uint32Array;
  readonly #idsAt: number;
  readonly #factsAt: number;
  #ids: readonly string[] | null = null;
  #facts: readonly (readonly (string | number | null)[])[] | null = null;
  #mayHaveGaps: boolean | null = null;
  #documents: Buffer | null = null;
  #starts: readonly number[] | null = null;
  #parsed: { readonly index: number; readonly document: Partial<EcsDocument> } | null = null;
  /** Of the record that was last searched: a query may ask for many words of it. */
  #searched: SearchedRecord = { index: -1, words: {} };

  constructor(contents: BlockContents) {
    this.#contents = contents;
    const bytes = unpack(contents.columns());
    this.#packed = bytes;
    this.count = bytes.readUInt32LE(0);
    let at = COLUMNS_HEADER_BYTES;
    const take = (size: number): ArrayBuffer => {
      const copy = new Uint8Array(size * this.count);
      copy.set(bytes.subarray(at, (at += copy.length)));
      return copy.buffer;
    };
    this.#numbers = {
      sequence: new Float64Array(take(8)),
      timestampMs: new Float64Array(take(8)),
      sourceBytes: new Float64Array(take(8)),
      destinationBytes: new Float64Array(take(8)),
    };
    this.#documentLengths = new Uint32Array(take(4));
    this.#idsAt = at;
    this.#factsAt = at + bytes.readUInt32LE(4);
  }

  /** The number of a record in the store. */
  row(index: number): number {
    return this.#contents.lastRow - this.count + 1 + index;
  }

  value(index: number, column: Column): string | number | null {
    switch (column) {
      case 'run':
      case 'thread':
        return this.#contents[column];
      case 'id':
        return this.ids[index]!;
      case 'bytes':
        return this.#numbers.sourceBytes[index]! + this.#numbers.destinationBytes[index]!;
      case 'sequence':
      case 'timestampMs':
      case 'sourceBytes':
      case 'destinationBytes':
        return this.#numbers[column][index]!;
      default:
        return this.facts[index]![FACT_INDEX.get(column)!] ?? null;
    }
  }

  get sequences(): Float64Array {
    return this.#numbers.sequence;
  }

  get timestamps(): Float64Array {
    return this.#numbers.timestampMs;
  }

  get ids(): readonly string[] {
    this.#ids ??= this.#packed.toString('latin1', this.#idsAt, this.#factsAt).split('\n');
    return this.#ids;
  }

  /** By record, in the order of FACT_NAMES. */
  get facts(): readonly (readonly (string | number | null)[])[] {
    this.#facts ??= JSON.parse(this.#packed.toString('utf8', this.#factsAt)) as (string | number | null)[][];
    return this.#facts;
  }

  /** False where none of the records is a gap: that is told without reading what they are. */
  get mayHaveGaps(): boolean {
    return (this.#mayHaveGaps ??= this.#packed.includes('"gap"', this.#factsAt));
  }

  /** Bytes of a record's JSON document. */
  documentBytes(index: number): Buffer {
    if (this.#starts === null) {
      let start = 0;
      this.#starts = Array.from(this.#documentLengths, (length) => (start += length) - length);
      this.#documents = unpack(this.#contents.documents(), start);
    }
    const start = this.#starts[index]!;
    return this.#documents!.subarray(start, start + this.#documentLengths[index]!);
  }

  /** A record as it came, so that it can be stored anew. */
  record(index: number): RecordDocument {
    const kind = this.value(index, 'kind');
    const bytes = this.documentBytes(index);
    return {
      bytes,
      id: this.ids[index]!,
      sequence: this.#numbers.sequence[index]!,
      timestampMs: this.#numbers.timestampMs[index]!,
      kind: kind === 'gap' || kind === 'summary' ? kind : 'exchange',
      sourceBytes: this.#numbers.sourceBytes[index]!,
      destinationBytes: this.#numbers.destinationBytes[index]!,
      // One that a script has changed came without.
      facts: isFoundWhole(bytes) ? Buffer.from(JSON.stringify(this.facts[index])) : undefined,
    };
  }

  document(index: number): Partial<EcsDocument> {
    if (this.#parsed?.index !== index)
      this.#parsed = { index, document: readDocument(this.documentBytes(index).toString('utf8')) };
    return this.#parsed.document;
  }

  /** Bytes of all documents, unpacked. */
  get documentsLength(): number {
    return this.#documentLengths.reduce((sum, length) => sum + length, 0);
  }

  /** A record's document in lower case; null where it is not all ASCII. */
  asciiText(index: number): string | null {
    const searched = this.#searchedOf(index);
    if (searched.ascii === undefined) {
      const text = this.documentBytes(index).toString('latin1');
      searched.ascii = BEYOND_ASCII.test(text) ? null : text.toLowerCase();
    }
    return searched.ascii;
  }

  /** The words of a text of the record, folded, with blanks around each. */
  words(index: number, column: WordColumn): string {
    return (this.#searchedOf(index).words[column] ??= this.#readWords(index, column));
  }

  #searchedOf(index: number): SearchedRecord {
    if (this.#searched.index !== index) this.#searched = { index, words: {} };
    return this.#searched;
  }

  #readWords(index: number, column: WordColumn): string {
    const { http, url, error } = this.document(index);
    if (column === 'requestBody') return spacedWords(textOf([http?.request?.body?.content]));
    if (column === 'responseBody') return spacedWords(textOf([http?.response?.body?.content]));
    const headers = [http?.request?.headers, http?.response?.headers];
    const fields = headers.flatMap((each) => Object.entries(each ?? {}).flat(2));
    return spacedWords(textOf([url?.original, error?.message, ...fields]));
  }
}

/** The columns of numbers, in their order. */
export const NUMBER_COLUMNS = ['sequence', 'timestampMs', 'sourceBytes', 'destinationBytes'] as const;

/** Of parts of a document, which may be anything. */
function textOf(parts: readonly unknown[]): string {
  return parts.filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
}

/** What `pack` in block-writer.ts has made. @param size of the result, where it is known */
function unpack(bytes: Uint8Array, size = 64 * 1024): Buffer {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (packed.length < 4 || packed.readUInt32LE(0) !== ZSTD_MAGIC) return packed;
  return zlib.zstdDecompressSync(packed, { chunkSize: Math.max(1024, size) });
}
