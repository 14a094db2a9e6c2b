import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { GapFacts, RecordDocument } from '../../records/record-document.ts';
import { decodeFrames } from '../../spool/format.ts';
import { formatSegmentName, parseSegmentName } from '../../spool/segment-name.ts';
import type { Place, StreamKey } from '../sink.ts';
import { SpareBuffers } from '../spare-buffers.ts';

/** What lies in the spool of one run and data thread. */
export interface SpoolStream extends StreamKey {
  /** Its data thread is writing: the newest segment may grow. */
  readonly isOpen: boolean;
  /** In the order of their numbers. */
  readonly segments: readonly { readonly segment: number; readonly size: number }[];
}

/** Bytes of a stream beyond a place; null for its beginning. */
export function bytesAfter({ segments }: SpoolStream, place: Place | null): number {
  if (place === null) return segments.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  for (const { segment, size } of segments)
    if (segment > place.segment) bytes += size;
    else if (segment === place.segment) bytes += Math.max(0, size - place.offset);
  return bytes;
}

/** Records of one segment, from a place to the next. */
export interface Stretch {
  readonly records: readonly RecordDocument[];
  /** Bytes of their documents. */
  readonly bytes: number;
  readonly from: Place;
  /** Where reading goes on. */
  readonly to: Place;
  /** Number of the record before it; null where that is not known. */
  readonly lastSequence: number | null;
  /** Nobody reads the documents any more: their memory is used again. Left out, it is garbage like any other. */
  readonly release: () => void;
}

export interface StretchBounds {
  readonly maxBytes: number;
  readonly maxRecords: number;
  /** A place where something begins that is done already; null for none. */
  readonly until: Place | null;
}

/** Where lanes read: the spool, or what a test puts in its place. */
export interface SpoolSource {
  streams(): Promise<readonly SpoolStream[]>;
  /**
   * Whole records from a place on, at least one where there is one; null where nothing whole has come yet.
   * @param lastSequence number of the record before the place; null where it is not known
   */
  read(
    stream: SpoolStream,
    from: Place,
    bounds: StretchBounds,
    lastSequence: number | null,
  ): Promise<Stretch | null>;
  /** The same records again. Rejects where the file is gone. */
  reread(stream: StreamKey, stretch: Pick<Stretch, 'from' | 'to' | 'lastSequence'>): Promise<Stretch>;
  /** A segment that every sink is past. */
  remove(stream: StreamKey, segment: number): Promise<void>;
}

/** First guess of the bytes of frames around documents. */
const FRAME_OVERHEAD = 1.1;

/** The spool folder. */
export class SpoolFolder implements SpoolSource {
  readonly #folder: string;
  /** Makes the record that stands for a damaged stretch: the same one at every call. */
  readonly #makeGap: (stream: StreamKey, facts: GapFacts, timestampMs: number) => RecordDocument;
  readonly #isOpen: (stream: StreamKey) => boolean;
  readonly #onDamage: (stream: StreamKey, facts: GapFacts) => void;
  readonly #buffers = new SpareBuffers();
  #listing: Promise<readonly SpoolStream[]> | null = null;
  #nextListing: Promise<readonly SpoolStream[]> | null = null;

  constructor(options: {
    readonly folder: string;
    readonly isOpen: (stream: StreamKey) => boolean;
    readonly makeGap: (stream: StreamKey, facts: GapFacts, timestampMs: number) => RecordDocument;
    readonly onDamage: (stream: StreamKey, facts: GapFacts) => void;
  }) {
    this.#folder = options.folder;
    this.#makeGap = options.makeGap;
    this.#isOpen = options.isOpen;
    this.#onDamage = options.onDamage;
  }

  /** Lanes that ask in the same moment share one look; one that is under way may have missed what they were woken for. */
  streams(): Promise<readonly SpoolStream[]> {
    if (this.#listing === null) return this.#look();
    this.#nextListing ??= this.#listing.then(
      () => this.#look(),
      () => this.#look(),
    );
    return this.#nextListing;
  }

  #look(): Promise<readonly SpoolStream[]> {
    this.#nextListing = null;
    const listing = this.#list().finally(() => {
      if (this.#listing === listing) this.#listing = null;
    });
    this.#listing = listing;
    return listing;
  }

  async read(
    stream: SpoolStream,
    from: Place,
    bounds: StretchBounds,
    lastSequence: number | null,
  ): Promise<Stretch | null> {
    const at = stream.segments.findIndex(({ segment }) => segment >= from.segment);
    const found = stream.segments[at];
    if (found === undefined) return null;
    const start = found.segment === from.segment ? from.offset : 0;
    const isLast = at === stream.segments.length - 1;
    const isFinished = !isLast || !stream.isOpen;
    if (start >= found.size)
      return isLast
        ? null
        : this.read(stream, { segment: found.segment + 1, offset: 0 }, bounds, lastSequence);
    const place = { segment: found.segment, offset: start };
    const isBounded = bounds.until?.segment === found.segment;
    const size = isBounded ? bounds.until!.offset : found.size;
    const read = await this.#records(stream, place, size, bounds.maxBytes);
    let count = 0;
    let bytes = 0;
    while (count < read.records.length && count < bounds.maxRecords) {
      const { length } = read.records[count]!.bytes;
      if (count > 0 && bytes + length > bounds.maxBytes) break;
      bytes += length;
      count++;
    }
    const isRest = count === read.records.length && read.reachesEnd;
    // The tail of a finished segment that is no frame was torn by a crash, or damaged: it is passed over. So is one before what is done.
    const end =
      isRest && (isBounded || isFinished) ? size : start + (count === 0 ? 0 : read.ends[count - 1]!);
    if (end === start) {
      read.release();
      return null;
    }
    const records = this.#withGaps(stream, read.records.slice(0, count), read.damagedBefore, lastSequence);
    const to = { segment: found.segment, offset: end };
    return { records, bytes, from: place, to, lastSequence, release: read.release };
  }

  async reread(
    stream: StreamKey,
    { from, to, lastSequence }: Pick<Stretch, 'from' | 'to' | 'lastSequence'>,
  ): Promise<Stretch> {
    const read = await this.#records(stream, from, to.offset, to.offset - from.offset);
    const records = this.#withGaps(stream, read.records, read.damagedBefore, lastSequence);
    const bytes = read.records.reduce((sum, record) => sum + record.bytes.length, 0);
    return { records, bytes, from, to, lastSequence, release: read.release };
  }

  async remove(stream: StreamKey, segment: number): Promise<void> {
    await fs.rm(path.join(this.#folder, formatSegmentName({ ...stream, segment })), { force: true });
  }

  /** Reads so much that at least one whole record is in it, or all there is. */
  async #records(
    stream: StreamKey,
    from: Place,
    size: number,
    maxBytes: number,
  ): Promise<ReturnType<typeof decodeFrames> & { reachesEnd: boolean; release: () => void }> {
    const name = formatSegmentName({ run: stream.run, thread: stream.thread, segment: from.segment });
    const file = await fs.open(path.join(this.#folder, name), 'r');
    try {
      let length = Math.ceil(maxBytes * FRAME_OVERHEAD) + 1024;
      for (;;) {
        const wanted = Math.min(length, size - from.offset);
        const bytes = this.#buffers.take(wanted);
        const { bytesRead } = await file.read(bytes, 0, wanted, from.offset);
        const read = decodeFrames(bytes.subarray(0, bytesRead));
        const reachesEnd = from.offset + bytesRead >= size;
        // Shorter than it was when it was looked at: cut since, by a writer whose disk was full half way.
        const isCut = bytesRead < wanted;
        const release = (): void => this.#buffers.give(bytes);
        if (read.records.length > 0 || reachesEnd || isCut) return { ...read, reachesEnd, release };
        release();
        length *= 4;
      }
    } finally {
      await file.close();
    }
  }

  async #list(): Promise<readonly SpoolStream[]> {
    const found = new Map<
      string,
      { run: string; thread: number; segments: { segment: number; size: number }[] }
    >();
    // Asked before the files are looked at: a stream that ends meanwhile is taken for open once more, never the other way round.
    const files = (await fs.readdir(this.#folder)).sort();
    const open = new Map<string, boolean>();
    for (const file of files) {
      const name = parseSegmentName(file);
      if (name === null) continue;
      const key = `${name.run}.${name.thread}`;
      if (!open.has(key)) open.set(key, this.#isOpen(name));
      let size: number;
      try {
        ({ size } = await fs.stat(path.join(this.#folder, file)));
      } catch {
        // Delivered and deleted in this moment.
        continue;
      }
      let stream = found.get(key);
      if (stream === undefined)
        found.set(key, (stream = { run: name.run, thread: name.thread, segments: [] }));
      stream.segments.push({ segment: name.segment, size });
    }
    return [...found].map(([key, stream]) => ({ ...stream, isOpen: open.get(key)! }));
  }

  /** Puts a gap record where damage was skipped and the numbers on both sides are known. */
  #withGaps(
    stream: StreamKey,
    records: readonly RecordDocument[],
    damagedBefore: readonly number[],
    lastSequence: number | null,
  ): readonly RecordDocument[] {
    if (damagedBefore.length === 0) return records;
    const all: RecordDocument[] = [];
    for (const [index, record] of records.entries()) {
      if (damagedBefore.includes(index)) {
        // Of damage before the first record that is known, at least the number just before is lost.
        const before = index === 0 ? (lastSequence ?? record.sequence - 2) : records[index - 1]!.sequence;
        const [from, to] = [before + 1, record.sequence - 1];
        const facts: GapFacts = {
          from,
          to,
          count: to - from + 1,
          reason: 'corrupt-segment',
          sourceBytes: 0,
          destinationBytes: 0,
        };
        this.#onDamage(stream, facts);
        if (to >= from) all.push(this.#makeGap(stream, facts, record.timestampMs));
      }
      all.push(record);
    }
    return all;
  }
}
