import * as zlib from 'node:zlib';
import type { RecordDocument } from '../records/record-document.ts';
import { factsOfBytes } from '../records/record-facts.ts';
import { SearchedPart } from '../records/searched-part.ts';
import { COLUMNS_HEADER_BYTES, NUMBER_COLUMNS } from './block.ts';
import { WordFilter } from './word-filter.ts';

/** What is smaller is not worth its compression. */
const MIN_COMPRESSED_BYTES = 512;
/** Level 1 is the fastest that finds what the records of a block share. */
const ZSTD = { chunkSize: 64 * 1024, params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };
/** Memory that is kept from one block to the next. */
const MAX_KEPT_BYTES = 1280 * 1024;

/** A block's three parts, ready to be stored. */
export interface BlockParts {
  /**
   * u32 count, u32 bytes of all ids; f64 of all sequences, timestamps, source bytes, destination bytes; u32 lengths of all documents; ids with line
   * ends between them; the facts of all records as a JSON array. Compressed with zstd where that pays.
   */
  readonly columns: Buffer;
  /** Which words are not in it (`word-filter.ts`); null where that is not known. */
  readonly filter: Buffer | null;
  /** The documents, one after the other, compressed with zstd. */
  readonly documents: Buffer;
}

/** Packs records. Compression by the block makes them 20 times smaller: what records share (names, headers, the gateway itself) is written once. */
export class BlockWriter {
  readonly #filter = new WordFilter();
  readonly #searched = new SearchedPart();
  #scratch: Buffer = Buffer.alloc(0);

  pack(records: readonly RecordDocument[]): BlockParts {
    const facts = records.map((record) => record.facts ?? factsOfBytes(record.bytes));
    return {
      columns: compress(this.#columns(records, facts)),
      filter: this.#words(records, facts),
      documents: compress(this.#documents(records)),
    };
  }

  #columns(records: readonly RecordDocument[], facts: readonly Buffer[]): Buffer {
    const ids = records.map(({ id }) => id).join('\n');
    const { length: count } = records;
    let size = COLUMNS_HEADER_BYTES + count * (8 * NUMBER_COLUMNS.length + 4) + ids.length + count + 1;
    for (const { length } of facts) size += length;
    const bytes = this.#take(size);
    bytes.writeUInt32LE(count, 0);
    bytes.writeUInt32LE(ids.length, 4);
    let at = COLUMNS_HEADER_BYTES;
    for (const name of NUMBER_COLUMNS)
      for (const record of records) at = bytes.writeDoubleLE(record[name], at);
    for (const record of records) at = bytes.writeUInt32LE(record.bytes.length, at);
    at += bytes.write(ids, at, 'latin1');
    for (const [index, one] of facts.entries()) {
      bytes[at++] = index === 0 ? OPEN : COMMA;
      bytes.set(one, at);
      at += one.length;
    }
    bytes[at] = CLOSE;
    return bytes;
  }

  #words(records: readonly RecordDocument[], facts: readonly Buffer[]): Buffer | null {
    const filter = this.#filter;
    const searched = this.#searched;
    filter.reset();
    for (const [index, { bytes, id, facts: own }] of records.entries()) {
      // Facts of its own tell a document that is as the recorder wrote it.
      if (own === undefined) filter.addJson(bytes, 0, bytes.length);
      else {
        searched.find(bytes);
        filter.addJson(bytes, searched.from, searched.to);
      }
      filter.addJson(facts[index]!, 0, facts[index]!.length);
      filter.addWhole(id);
    }
    return filter.toBytes();
  }

  #documents(records: readonly RecordDocument[]): Buffer {
    let size = 0;
    for (const { bytes } of records) size += bytes.length;
    const all = this.#take(size);
    let at = 0;
    for (const { bytes } of records) {
      all.set(bytes, at);
      at += bytes.length;
    }
    return all;
  }

  /** Memory for what is compressed at once and not needed any more then. */
  #take(size: number): Buffer {
    if (size > MAX_KEPT_BYTES) return Buffer.allocUnsafeSlow(size);
    if (this.#scratch.length < size) this.#scratch = Buffer.allocUnsafeSlow(size);
    return this.#scratch.subarray(0, size);
  }
}

const [OPEN, COMMA, CLOSE] = [0x5b, 0x2c, 0x5d];

/** Always a copy: what is given may be overwritten. */
function compress(bytes: Buffer): Buffer {
  return bytes.length < MIN_COMPRESSED_BYTES ? Buffer.from(bytes) : zlib.zstdCompressSync(bytes, ZSTD);
}
