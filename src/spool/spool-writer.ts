import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Log } from '../core/ports.ts';
import type { GapFacts, RecordDocument } from '../records/record-document.ts';
import { decodeFrames, encodeFrame } from './format.ts';
import { FrameQueue } from './frame-queue.ts';
import { formatSegmentName, parseSegmentName } from './segment-name.ts';

/** How far a data thread has written. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/** More pieces than this are cheaper to copy together than to write one by one. */
const MAX_PIECES = 16;

/** The part of a file handle that the writer uses, so that tests can let it fail. */
export interface SegmentFile {
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface SpoolWriterOptions {
  readonly folder: string;
  readonly run: string;
  readonly thread: number;
  readonly segmentBytes: number;
  /** Bytes of all segments that no sink has taken, beyond which records are dropped. */
  readonly maxSpoolBytes: number;
  /** Bytes waiting in memory for a disk that does not take them, beyond which the oldest are dropped. */
  readonly maxQueuedBytes: number;
  readonly isSyncing: boolean;
  readonly log: Log;
  /** Makes the record that says what was lost; takes a sequence number of its own. */
  readonly makeGap: (facts: GapFacts) => RecordDocument;
  /** Records are lost, and at the end no gap record can be written that says so. */
  readonly onUntold: (facts: GapFacts) => void;
  readonly onFlushed: (position: SpoolPosition) => void;
  /** These pieces of memory are on disk, and not needed here any more. */
  readonly onWritten?: (pieces: readonly Buffer[]) => void;
  readonly openFile?: (file: string) => Promise<SegmentFile>;
}

/**
 * Appends records to segment files. Never throws and never makes traffic wait: what the disk does not take stays in memory up to
 * a bound and is tried again at the next flush; what is dropped beyond it is told by a gap record.
 */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #openFile: (file: string) => Promise<SegmentFile>;
  readonly #queue = new FrameQueue();
  /** On their way to the disk, and in no queue. */
  #writingBytes = 0;
  #lost: GapFacts[] = [];
  #file: SegmentFile | null = null;
  #segment = 0;
  #offset = 0;
  #spoolBytes = 0;
  #flushing: Promise<void> | null = null;
  #isFlushWanted = false;
  #hasFailed = false;
  /** Records dropped so far. */
  lostRecords = 0;
  /** The same by the reason that their gap record names. */
  readonly lostByReason = new Map<string, number>();

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#openFile = options.openFile ?? ((file) => fs.open(file, 'wx', 0o600));
  }

  get queuedBytes(): number {
    return this.#queue.bytes + this.#writingBytes;
  }

  /** Takes a record; it is written at the next flush. */
  append(record: RecordDocument): void {
    const frame = encodeFrame(record);
    if (this.#spoolBytes + this.queuedBytes + frame.length > this.#options.maxSpoolBytes) {
      this.#lose(record, 'spool-full');
      return;
    }
    this.#queue.add(frame);
    while (this.queuedBytes > this.#options.maxQueuedBytes && !this.#queue.isEmpty)
      this.#loseFrames(this.#queue.dropOldest()!);
  }

  /** Writes what is queued; resolves when the system has taken it, or has failed to. */
  flush(): Promise<void> {
    this.#isFlushWanted = true;
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** Writes the rest and closes. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.flush();
    await this.#file?.close().catch(() => {});
    this.#file = null;
    for (const frames of this.#queue.takeAll()) this.#loseFrames(frames);
    if (this.#lost.length === 0) return;
    for (const facts of this.#lost) this.#options.onUntold(facts);
    const count = this.#lost.reduce((sum, facts) => sum + facts.count, 0);
    this.#lost = [];
    this.#options.log.write(
      'error',
      `[spool] ${count} records could not be written before the end; verify will list them`,
    );
  }

  async #flush(): Promise<void> {
    if (this.#spoolBytes + this.queuedBytes > this.#options.maxSpoolBytes / 2 || this.#lost.length > 0)
      await this.#measure();
    for (;;) {
      // Told once the disk takes records again: before, each gap record would only push out another record.
      const canTell =
        this.#spoolBytes < this.#options.maxSpoolBytes && (!this.#hasFailed || this.#queue.isEmpty);
      if (this.#lost.length > 0 && canTell) {
        this.#queueGaps();
        this.#isFlushWanted = true;
      }
      // What is added while a write is under way waits for the next flush: written bit by bit it would cost a write a record.
      if (this.#queue.isEmpty || !this.#isFlushWanted) return;
      this.#isFlushWanted = false;
      const { bytes } = this.#queue;
      const pieces = this.#queue.takeAll();
      this.#writingBytes = bytes;
      try {
        await this.#write(pieces, bytes);
      } catch (error) {
        this.#writingBytes = 0;
        this.#queue.putBack(pieces);
        await this.#failed(error as NodeJS.ErrnoException);
        return;
      }
      this.#writingBytes = 0;
      if (this.#hasFailed) {
        this.#hasFailed = false;
        this.#options.log.write('info', '[spool] the disk takes records again');
      }
    }
  }

  async #write(pieces: readonly Buffer[], bytes: number): Promise<void> {
    const { segmentBytes, isSyncing, onFlushed, onWritten } = this.#options;
    if (this.#file === null || (this.#offset > 0 && this.#offset + bytes > segmentBytes)) await this.#roll();
    const file = this.#file!;
    let offset = this.#offset;
    for (const piece of pieces.length > MAX_PIECES ? [Buffer.concat(pieces)] : pieces)
      for (let written = 0; written < piece.length;) {
        const { bytesWritten } = await file.write(piece, written, piece.length - written, offset);
        written += bytesWritten;
        offset += bytesWritten;
      }
    if (isSyncing) await file.datasync();
    this.#offset = offset;
    this.#spoolBytes += bytes;
    onWritten?.(pieces);
    onFlushed({ segment: this.#segment, offset: this.#offset });
  }

  async #roll(): Promise<void> {
    await this.#file?.close().catch(() => {});
    this.#file = null;
    const { folder, run, thread } = this.#options;
    const segment = this.#segment + 1;
    this.#file = await this.#openFile(path.join(folder, formatSegmentName({ run, thread, segment })));
    this.#segment = segment;
    this.#offset = 0;
    // What former runs and the other data threads have in it counts, too.
    await this.#measure();
  }

  /** A write that failed half way must leave no half frame: cut it off, or begin a new segment. */
  async #failed(error: NodeJS.ErrnoException): Promise<void> {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#options.log.write(
        'error',
        `[spool] cannot write records: ${error.code ?? error.message}; up to ${this.#options.maxQueuedBytes} bytes are kept in memory, then the oldest are dropped`,
      );
    }
    const file = this.#file;
    if (file === null) return;
    try {
      await file.truncate(this.#offset);
    } catch {
      await file.close().catch(() => {});
      this.#file = null;
    }
  }

  #loseFrames(frames: Buffer): void {
    for (const record of decodeFrames(frames).records) this.#lose(record, 'disk-error');
  }

  #lose(record: RecordDocument, reason: string): void {
    this.lostRecords++;
    this.lostByReason.set(reason, (this.lostByReason.get(reason) ?? 0) + 1);
    const last = this.#lost.at(-1);
    const facts: GapFacts = {
      from: record.sequence,
      to: record.sequence,
      count: 1,
      reason,
      sourceBytes: record.sourceBytes,
      destinationBytes: record.destinationBytes,
    };
    if (last !== undefined && last.reason === reason && last.to + 1 === record.sequence)
      this.#lost[this.#lost.length - 1] = {
        ...last,
        to: record.sequence,
        count: last.count + 1,
        sourceBytes: last.sourceBytes + record.sourceBytes,
        destinationBytes: last.destinationBytes + record.destinationBytes,
      };
    else this.#lost.push(facts);
  }

  #queueGaps(): void {
    const lost = this.#lost;
    this.#lost = [];
    for (const facts of lost) {
      const record = this.#options.makeGap(facts);
      this.#queue.add(encodeFrame(record));
    }
  }

  /** What lies in the spool now: the sinks delete what they have taken. */
  async #measure(): Promise<void> {
    const { folder } = this.#options;
    let bytes = 0;
    try {
      for (const file of await fs.readdir(folder))
        if (parseSegmentName(file) !== null)
          bytes += await fs.stat(path.join(folder, file)).then(
            ({ size }) => size,
            () => 0,
          );
    } catch {
      return;
    }
    this.#spoolBytes = bytes;
  }
}
