import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import type { GapFacts, RecordDocument } from '../../records/record-document.ts';
import { METRICS } from '../../telemetry/metric-declarations.ts';
import type { MetricRegistry } from '../../telemetry/metric-registry.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { Sink, StreamKey } from '../sink.ts';
import { segmentsIn } from '../../spool/segment-name.ts';
import { DeadLetters } from './dead-letters.ts';
import { giveUpOldest } from './give-up-oldest.ts';
import { Lane, type LaneStatus } from './lane.ts';
import { newLaneMetrics } from './lane-metrics.ts';
import { LaneReader } from './lane-reader.ts';
import { bookNames, PlaceBook, readPlaces } from './place-book.ts';
import { bytesAfter, SpoolFolder, type SpoolStream } from './spool-source.ts';

/** Dead letters that a command has queued again are looked for so often. */
const LETTERS_INTERVAL_MS = 1000;
/** The spool is kept below this part of its bound, so that its writer finds room: above it the oldest records are given up for sinks that lag. */
export const HIGH_WATER = 0.85;

export interface DeliveryOptions {
  readonly paths: { readonly spool: string; readonly delivery: string; readonly deadLetters: string };
  readonly sinks: readonly Sink[];
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: MetricRegistry;
  readonly tracing: Tracing;
  /** Memory of batches of all sinks together; each has its share, so that one that hangs takes none of the others'. */
  readonly budgetBytes: number;
  readonly maxTries: number;
  readonly maxDeadLetterBytes: number;
  readonly maxSpoolBytes: number;
  /** False for a command that looks at the records while sinks that it does not know of have not taken them. */
  readonly isReleasing: boolean;
  /** Makes the record that stands for a damaged stretch of a segment; the same one at every call. */
  readonly makeGap: (stream: StreamKey, facts: GapFacts, timestampMs: number) => RecordDocument;
  /** Tells the ledger of a run that is over of such a stretch; at each reading. */
  readonly noteLoss: (stream: StreamKey, facts: GapFacts) => void;
}

export interface SinkStatus extends LaneStatus {
  /** Bytes of the spool that it has not taken. */
  readonly pendingBytes: number;
  /** Age of the oldest record among them. */
  readonly lagMs: number;
}

export interface DeliveryStatus {
  readonly sinks: readonly SinkStatus[];
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
}

/** Brings the spool to the sinks: each reads from its own place, in its own time; what all have taken is deleted. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #source: SpoolFolder;
  readonly #lanes: Lane[];
  readonly #books: PlaceBook[] = [];
  /** Streams whose data thread is writing: their newest segment may grow. */
  readonly #open = new Set<string>();
  #streams: readonly SpoolStream[] = [];
  #letters: DeadLetters | null = null;
  #lettersVersion = 0;
  #lettersTimer: Timer | null = null;
  #releasing: Promise<void> | null = null;
  #isReleaseWanted = false;
  #isStopped = false;
  #unobserve: (() => void) | null = null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#source = new SpoolFolder({
      folder: options.paths.spool,
      isOpen: (stream) => this.#open.has(keyOf(stream)),
      makeGap: options.makeGap,
      onDamage: (stream, facts) => {
        const { from, to } = facts;
        options.log.write(
          'error',
          `[spool] damaged bytes in a segment of run ${stream.run}: records ${from} to ${to} are lost`,
        );
        // While it goes on, its data thread writes the ledger.
        if (!this.#open.has(keyOf(stream))) options.noteLoss(stream, facts);
      },
    });
    this.#lanes = options.sinks.map((sink) => this.#newLane(sink));
  }

  /** Starts the sinks; those on this machine are waited for, and it rejects where one of them cannot work. The others start in their own time. */
  async start(): Promise<void> {
    for (const lane of this.#lanes)
      if (lane.sink.ownPlaces !== null) await lane.start();
      else void lane.start();
    this.#unobserve = this.#options.metrics.onCollect(() => this.#observe());
    await this.#refresh();
    if (this.#options.isReleasing) this.#tellOfFormerSinks();
    this.#watchLetters();
  }

  /** A data thread is about to write. */
  noteOpened(stream: StreamKey): void {
    this.#open.add(keyOf(stream));
  }

  /** A data thread has written. */
  noteFlushed(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  /** A data thread writes no more. */
  noteEnded(stream: StreamKey): void {
    this.#open.delete(keyOf(stream));
    for (const lane of this.#lanes) lane.wake();
  }

  /** What each sink is doing, and how full the spool is. */
  status(): DeliveryStatus {
    const nowMs = this.#options.clock.wallMs();
    return {
      sinks: this.#lanes.map((lane) => {
        const { bytes, lagMs } = lane.reader.backlog(this.#streams, nowMs);
        return { ...lane.status, pendingBytes: bytes, lagMs };
      }),
      spoolBytes: spoolBytes(this.#streams),
      spoolLimitBytes: this.#options.maxSpoolBytes,
    };
  }

  /** Delivers until nothing is left or the deadline, then stops. Gives the bytes left for the next start, by sink. Safe twice. */
  async stop(deadlineMs: number): Promise<{ left: number; bySink: ReadonlyMap<string, number> }> {
    // The clock's timers keep no process alive, and the sockets are closed already: this is what is left to wait for.
    const alive = setInterval(() => {}, 60_000);
    try {
      await Promise.all(this.#lanes.map((lane) => lane.stop(deadlineMs)));
      this.#isStopped = true;
      this.#lettersTimer?.cancel();
      this.#unobserve?.();
      await this.#release();
      await Promise.all(this.#books.map((book) => book.save()));
    } finally {
      clearInterval(alive);
    }
    const bySink = new Map(this.status().sinks.map(({ name, pendingBytes }) => [name, pendingBytes]));
    this.#letters?.close();
    this.#letters = null;
    return { left: Math.max(0, ...bySink.values()), bySink };
  }

  /** Only the sinks that are configured hold a segment back. */
  #tellOfFormerSinks(): void {
    const { paths, log, sinks } = this.#options;
    for (const name of bookNames(paths.delivery)) {
      if (sinks.some((sink) => sink.name === name)) continue;
      const places = readPlaces(path.join(paths.delivery, `${name}.json`));
      const bytes = this.#streams.reduce((sum, stream) => {
        const entry = places.find(({ run, thread }) => run === stream.run && thread === stream.thread);
        return sum + bytesAfter(stream, entry?.acknowledged ?? null);
      }, 0);
      if (bytes > 0)
        log.write(
          'warn',
          `[${name}] is not configured now, and ${bytes} bytes of the spool wait for it: they are deleted once the other sinks have them`,
        );
    }
  }

  #newLane(sink: Sink): Lane {
    const { paths, log, clock, random, metrics, tracing, budgetBytes, maxTries, sinks } = this.#options;
    const book =
      sink.ownPlaces === null
        ? PlaceBook.open(
            path.join(paths.delivery, `${sink.name}.json`),
            (message) => log.write('error', `[${sink.name}] ${message}`),
            () => segmentsIn(paths.spool),
          )
        : null;
    if (book !== null) this.#books.push(book);
    return new Lane({
      sink,
      reader: new LaneReader({ sink, source: this.#source, book, clock }),
      source: this.#source,
      letters: () => this.#openLetters(),
      lettersIfAny: () => this.#lettersIfAny(),
      metrics: newLaneMetrics(metrics, sink.name),
      tracing,
      clock,
      random,
      log,
      budgetBytes: Math.floor(budgetBytes / sinks.length),
      maxTries,
      onProgress: () => void this.#release(),
    });
  }

  #openLetters(): DeadLetters {
    const { paths, maxDeadLetterBytes } = this.#options;
    return (this.#letters ??= DeadLetters.open(paths.deadLetters, { maxBytes: maxDeadLetterBytes }));
  }

  #lettersIfAny(): DeadLetters | null {
    return this.#letters === null && !existsSync(this.#options.paths.deadLetters)
      ? null
      : this.#openLetters();
  }

  #watchLetters(): void {
    if (this.#isStopped) return;
    this.#lettersTimer = this.#options.clock.after(LETTERS_INTERVAL_MS, () => {
      const version = this.#lettersVersionNow();
      if (version !== this.#lettersVersion) for (const lane of this.#lanes) lane.noteLetters();
      this.#lettersVersion = version;
      // Somebody else may delete or add files: the numbers for status and metrics stay true.
      void this.#refresh().finally(() => this.#watchLetters());
    });
  }

  #lettersVersionNow(): number {
    try {
      return this.#lettersIfAny()?.version ?? 0;
    } catch {
      // Damaged or locked: whoever needs to write to it says so.
      return this.#lettersVersion;
    }
  }

  async #refresh(): Promise<void> {
    try {
      this.#streams = await this.#source.streams();
    } catch {
      // A spool folder that is away is told of by its writer.
    }
  }

  /** Deletes segments that every sink is past, and writes down how far each is. Calls while it works lead to one more round. */
  #release(): Promise<void> {
    this.#isReleaseWanted = true;
    this.#releasing ??= this.#releaseAll().finally(() => (this.#releasing = null));
    return this.#releasing;
  }

  async #releaseAll(): Promise<void> {
    while (this.#isReleaseWanted) {
      this.#isReleaseWanted = false;
      try {
        this.#streams = await this.#source.streams();
        if (this.#options.isReleasing) await this.#removePassed();
      } catch (error) {
        this.#options.log.write('warn', `[spool] cannot release segments: ${(error as Error).message}`);
      }
      await Promise.all(this.#books.map((book) => book.save()));
    }
  }

  /** First what all have taken: where the disk is full, that may be what makes room to note what is given up. */
  async #removePassed(): Promise<void> {
    await this.#remove();
    const maxBytes = this.#options.maxSpoolBytes * HIGH_WATER;
    if (spoolBytes(this.#streams) <= maxBytes) return;
    const { log, clock } = this.#options;
    await giveUpOldest({
      streams: this.#streams,
      lanes: this.#lanes,
      source: this.#source,
      maxBytes,
      letters: () => this.#openLetters(),
      log,
      nowMs: clock.wallMs(),
    });
    await this.#remove();
  }

  async #remove(): Promise<void> {
    let hasRemoved = false;
    for (const stream of this.#streams)
      for (const [index, { segment, size }] of stream.segments.entries()) {
        if (stream.isOpen && index === stream.segments.length - 1) continue;
        if (!this.#lanes.every((lane) => lane.reader.isPast(stream, segment, size))) continue;
        await this.#source.remove(stream, segment);
        hasRemoved = true;
      }
    if (!hasRemoved) return;
    this.#streams = await this.#source.streams();
    const open = [...this.#open].map(streamOf);
    for (const lane of this.#lanes) lane.reader.keepOnly([...this.#streams, ...open]);
  }

  /** Looked up when somebody asks for the metrics. */
  #observe(): void {
    const { metrics } = this.#options;
    const status = this.status();
    metrics.metric(METRICS.spoolBytes).set(status.spoolBytes);
    metrics.metric(METRICS.spoolLimit).set(status.spoolLimitBytes);
    metrics.metric(METRICS.deadLetterBytes).set(this.#letters?.bytes ?? 0);
    for (const [index, { name, pendingBytes, lagMs }] of status.sinks.entries()) {
      const attributes = { 'tapline.sink': name };
      metrics.metric(METRICS.sinkPendingBytes).set(pendingBytes, attributes);
      metrics.metric(METRICS.sinkLag).set(lagMs / 1000, attributes);
      metrics.metric(METRICS.sinkInFlight).set(this.#lanes[index]!.requestsInFlight, attributes);
    }
  }
}

function spoolBytes(streams: readonly SpoolStream[]): number {
  return streams.reduce(
    (sum, { segments }) => sum + segments.reduce((bytes, { size }) => bytes + size, 0),
    0,
  );
}

function keyOf({ run, thread }: StreamKey): string {
  return `${run}.${thread}`;
}

function streamOf(key: string): StreamKey {
  const at = key.lastIndexOf('.');
  return { run: key.slice(0, at), thread: Number(key.slice(at + 1)) };
}
