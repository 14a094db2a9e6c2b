import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Log } from '../../core/ports.ts';
import type { GapFacts, RecordDocument } from '../../records/record-document.ts';
import { decodeFrames } from '../../spool/format.ts';
import { formatSegmentName, parseSegmentName, type SegmentName } from '../../spool/segment-name.ts';
import type { Sink, StreamKey } from '../sink.ts';

/** Bytes read from a segment and delivered at a time. */
const BATCH_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

export interface DeliveryOptions {
  readonly spoolFolder: string;
  readonly sinks: readonly Sink[];
  readonly log: Log;
  /** Makes the record that stands for a damaged stretch of a segment. */
  makeGap(stream: StreamKey, facts: GapFacts): RecordDocument;
}

/** Brings the spool to the sinks: each reads from its own place; what all have taken is deleted. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #lanes: Lane[];
  /** Streams whose data thread is writing: their newest segment may grow. */
  readonly #open = new Set<string>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    const release = (): Promise<void> => this.#release();
    this.#lanes = options.sinks.map((sink) => new Lane(sink, options, this.#open, release));
  }

  /** Starts the sinks and delivers what former runs have left. */
  async start(): Promise<void> {
    for (const lane of this.#lanes) await lane.start();
  }

  /** A data thread has written. */
  noteFlushed(stream: StreamKey): void {
    this.#open.add(keyOf(stream));
    for (const lane of this.#lanes) lane.wake();
  }

  /** A data thread writes no more. */
  noteEnded(stream: StreamKey): void {
    this.#open.delete(keyOf(stream));
    for (const lane of this.#lanes) lane.wake();
  }

  /** Delivers until nothing is left or the deadline, then stops. Gives the bytes left for the next start. */
  async stop(deadlineMs: number): Promise<{ left: number }> {
    const left = await Promise.all(this.#lanes.map((lane) => lane.stop(deadlineMs)));
    return { left: Math.max(0, ...left) };
  }

  /** Deletes segments that every sink is past. */
  async #release(): Promise<void> {
    for (const name of await listSegments(this.#options.spoolFolder)) {
      const isNewest = this.#open.has(keyOf(name));
      if (isNewest && !(await hasNewer(this.#options.spoolFolder, name))) continue;
      if (!(await Promise.all(this.#lanes.map((lane) => lane.isPast(name)))).every(Boolean)) continue;
      await fs.rm(path.join(this.#options.spoolFolder, formatSegmentName(name)), { force: true });
    }
  }
}

/** One sink's way through the spool. */
class Lane {
  readonly #sink: Sink;
  readonly #options: DeliveryOptions;
  readonly #open: ReadonlySet<string>;
  readonly #release: () => Promise<void>;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isStopping = false;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: NodeJS.Timeout | null = null;
  #wakeRetry: (() => void) | null = null;

  constructor(sink: Sink, options: DeliveryOptions, open: ReadonlySet<string>, release: () => Promise<void>) {
    this.#sink = sink;
    this.#options = options;
    this.#open = open;
    this.#release = release;
  }

  async start(): Promise<void> {
    await this.#sink.start(new AbortController().signal);
    this.wake();
  }

  wake(): void {
    this.#isWanted = true;
    if (this.#isStopping) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#isWanted && !this.#isStopping) this.wake();
    });
  }

  async stop(deadlineMs: number): Promise<number> {
    const end = performance.now() + deadlineMs;
    this.#isWanted = true;
    while (deadlineMs > 0 && performance.now() < end) {
      this.#wakeRetry?.();
      this.#running ??= this.#run().finally(() => (this.#running = null));
      await Promise.race([
        this.#running,
        new Promise((resolve) => setTimeout(resolve, end - performance.now()).unref()),
      ]);
      if ((await this.#left()) === 0) break;
    }
    this.#isStopping = true;
    this.#wakeRetry?.();
    await this.#running;
    const left = await this.#left();
    await this.#sink.stop();
    return left;
  }

  /** Whether this sink has taken all of a segment. */
  async isPast(name: SegmentName): Promise<boolean> {
    const at = this.#sink.ownPlaces!.acknowledged(name);
    if (at === null || at.segment < name.segment) return false;
    if (at.segment > name.segment) return true;
    const { size } = await fs.stat(path.join(this.#options.spoolFolder, formatSegmentName(name)));
    return at.offset >= size;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isStopping) {
      this.#isWanted = false;
      try {
        for (const name of await listSegments(this.#options.spoolFolder)) {
          const isPending = await this.#segment(name);
          if (isPending || this.#isStopping) continue;
        }
        await this.#release();
        this.#retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.#isWanted = true;
        await this.#backOff(error as Error);
      }
    }
  }

  /** Delivers what a segment holds beyond the acknowledged place. */
  async #segment(name: SegmentName): Promise<boolean> {
    const at = this.#sink.ownPlaces!.acknowledged(name);
    if (at !== null && at.segment > name.segment) return false;
    const file = await fs.open(path.join(this.#options.spoolFolder, formatSegmentName(name)), 'r');
    try {
      const { size } = await file.stat();
      let offset = at !== null && at.segment === name.segment ? at.offset : 0;
      let length = BATCH_BYTES;
      while (offset < size && !this.#isStopping) {
        const wanted = Math.min(length, size - offset);
        const bytes = Buffer.allocUnsafe(wanted);
        const { bytesRead } = await file.read(bytes, 0, wanted, offset);
        const read = decodeFrames(bytes.subarray(0, bytesRead));
        const isAll = offset + bytesRead >= size;
        if (read.records.length === 0 && !isAll) {
          // A record larger than the stretch: read more at once.
          length *= 4;
          continue;
        }
        // The tail of a finished segment that is no frame was torn by a crash, or damaged: it is passed over.
        const isFinal =
          isAll && (!this.#open.has(keyOf(name)) || (await hasNewer(this.#options.spoolFolder, name)));
        const next = isFinal ? size : offset + read.nextOffset;
        if (next === offset) return true;
        const result = await this.#sink.send(
          {
            stream: name,
            records: this.#withGaps(name, read.records, read.damagedBefore),
            bytes: next - offset,
            place: { segment: name.segment, offset: next },
            tries: 1,
            mayBeStoredSince: null,
          },
          new AbortController().signal,
        );
        if (result.kind !== 'answered') throw new Error(result.reason);
        offset = next;
        length = BATCH_BYTES;
      }
    } finally {
      await file.close();
    }
    return false;
  }

  /** Puts a gap record where damage was skipped and the numbers on both sides are known. */
  #withGaps(
    stream: StreamKey,
    records: readonly RecordDocument[],
    damagedBefore: readonly number[],
  ): RecordDocument[] {
    const all: RecordDocument[] = [];
    for (const [index, record] of records.entries()) {
      if (damagedBefore.includes(index)) {
        const from = index === 0 ? record.sequence - 1 : records[index - 1]!.sequence + 1;
        const to = record.sequence - 1;
        this.#options.log.write(
          'error',
          `[spool] damaged bytes in a segment of run ${stream.run}: records ${from} to ${to} are lost`,
        );
        if (to >= from)
          all.push(
            this.#options.makeGap(stream, {
              from,
              to,
              count: to - from + 1,
              reason: 'corrupt-segment',
              sourceBytes: 0,
              destinationBytes: 0,
            }),
          );
      }
      all.push(record);
    }
    return all;
  }

  async #left(): Promise<number> {
    let left = 0;
    for (const name of await listSegments(this.#options.spoolFolder)) {
      const at = this.#sink.ownPlaces!.acknowledged(name);
      if (at !== null && at.segment > name.segment) continue;
      const { size } = await fs.stat(path.join(this.#options.spoolFolder, formatSegmentName(name)));
      left += size - (at !== null && at.segment === name.segment ? at.offset : 0);
    }
    return left;
  }

  async #backOff(error: Error): Promise<void> {
    // Full jitter, so that many gateways do not come back in step.
    const delayMs = Math.random() * this.#retryMs;
    this.#options.log.write('error', `[${this.#sink.name}] delivery failed, trying again: ${error.message}`);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    await new Promise<void>((resolve) => {
      this.#wakeRetry = resolve;
      this.#retryTimer = setTimeout(resolve, delayMs);
      this.#retryTimer.unref();
    });
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#wakeRetry = null;
  }
}

function keyOf({ run, thread }: StreamKey): string {
  return `${run}.${thread}`;
}

/** All segments, those of one stream in order. */
async function listSegments(folder: string): Promise<SegmentName[]> {
  const files = await fs.readdir(folder);
  return files
    .sort()
    .map(parseSegmentName)
    .filter((name) => name !== null);
}

async function hasNewer(folder: string, name: SegmentName): Promise<boolean> {
  const all = await listSegments(folder);
  return all.some(
    (other) => other.run === name.run && other.thread === name.thread && other.segment > name.segment,
  );
}
