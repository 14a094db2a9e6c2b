import type { Timer } from '../../core/ports.ts';
import type { RecordDocument } from '../../records/record-document.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { Batch, Place, SendResult, Sink, StreamKey } from '../sink.ts';
import { SinkNotReady } from '../sink.ts';
import { Concurrency } from './concurrency.ts';
import type { LaneMetrics } from './lane-metrics.ts';
import type { LaneReader } from './lane-reader.ts';
import { type LaneEvent, type LaneState, type LaneStateName, maySend, nextLaneState } from './lane-state.ts';
import { type LaneError, LaneTrouble } from './lane-trouble.ts';
import { type Parcel, partOf, placeAfter } from './parcel.ts';
import { type Loaded, ParcelSupply, type ParcelSupplyOptions } from './parcel-supply.ts';
import { ITEM_BACK_OFF, type Letter, settle, type SettleContext, type Settlement } from './settle.ts';

/** A try that does not end by itself when it is aborted is given up so long after. */
const ABORT_GRACE_MS = 2000;
/** A sink that does not answer is asked with little: a full batch for nothing costs the traffic its processor. */
const PROBE_BYTES = 64 * 1024;
/** At a stop, failures after which the rest is left for the next start; one where the sink was not running before. */
const LAST_TRIES = 3;

export interface LaneOptions extends ParcelSupplyOptions {
  readonly metrics: LaneMetrics;
  readonly tracing: Tracing;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** Bytes of records in flight at a time; one batch always may be. */
  readonly budgetBytes: number;
  /** Tries of a record whose answers may be final. */
  readonly maxTries: number;
}

/** What a lane says of itself. */
export interface LaneStatus {
  readonly name: string;
  readonly state: LaneStateName;
  /** Why it is not running; empty where it is. */
  readonly reason: string;
  /** Its first try to start is not over. */
  readonly isUntried: boolean;
  /** Since when it takes nothing, in ms since the epoch; null while it does. */
  readonly troubleSinceMs: number | null;
  /** What went wrong last, also where it is mended; null where nothing did. */
  readonly lastError: LaneError | null;
  /** Bytes of records in batches under way. */
  readonly inFlightBytes: number;
}

/**
 * One sink's way through the spool: what is read is sent, and what is not taken is sent again, split, made smaller or put aside, until every
 * record has an end: delivered, a dead letter, or given up and counted. The table of that is docs/delivery.md.
 */
export class Lane {
  readonly sink: Sink;
  readonly reader: LaneReader;
  readonly #options: LaneOptions;
  readonly #concurrency: Concurrency;
  readonly #inFlight = new Set<Flight>();
  #state: LaneState = { name: 'starting', untilMs: 0, failures: 0, reason: 'not started yet' };
  readonly #trouble: LaneTrouble;
  readonly #supply: ParcelSupply;
  /** Learned from refusals: batches above it were too large. */
  #maxBatchBytes: number;
  #refusedInARow = 0;
  #divertedReason = '';
  #filling: Promise<void> | null = null;
  #isWanted = false;
  #timer: Timer | null = null;
  #starting: AbortController | null = null;
  #drain: { readonly resolve: () => void; triesLeft: number; hasProbed: boolean } | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.sink = options.sink;
    this.reader = options.reader;
    this.#concurrency = new Concurrency(options.sink.limits.maxConcurrency);
    this.#maxBatchBytes = options.sink.limits.maxBatchBytes;
    this.#supply = new ParcelSupply(options);
    this.#trouble = new LaneTrouble(options.clock.wallMs());
  }

  get status(): LaneStatus {
    return {
      name: this.sink.name,
      state: this.#state.name,
      reason: 'reason' in this.#state ? this.#state.reason : '',
      isUntried: this.#state.name === 'starting' && this.#state.failures === 0,
      troubleSinceMs: this.#trouble.sinceMs,
      lastError: this.#trouble.lastError,
      inFlightBytes: this.#bytesInFlight(),
    };
  }

  get requestsInFlight(): number {
    return this.#inFlight.size;
  }

  /** Starts the sink, and tries again until it is ready. Resolves after the first try; rejects where a local sink cannot work at all. */
  async start(): Promise<void> {
    const failure = await this.#tryToStart();
    if (failure !== null && this.sink.ownPlaces !== null && failure.isPermanent) throw failure;
    this.wake();
  }

  /** Something may have come, or may be due. */
  wake(): void {
    this.#isWanted = true;
    if (this.#state.name === 'stopped') return;
    this.#filling ??= this.#fill()
      .catch((error: unknown) => this.#move({ kind: 'failed', reason: messageOf(error), retryAfterMs: null }))
      .finally(() => {
        this.#filling = null;
        if (this.#isWanted && this.#state.name !== 'stopped') queueMicrotask(() => this.wake());
        else this.#arm();
      });
  }

  /** Dead letters may have been queued again. */
  noteLetters(): void {
    this.#supply.noteLetters();
    this.wake();
  }

  /** Whether nothing is left to do for now. */
  get isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#supply.waiting === 0 && this.#filling === null;
  }

  /**
   * Sends what is left, without waiting for batches to fill; resolves when all is taken, at the deadline, or soon where the sink does not
   * answer: the spool keeps the rest for the next start. Then stops.
   */
  async stop(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    if (this.#state.name === 'stopped') return;
    if (deadlineMs > 0 && this.#state.name !== 'starting') {
      const drained = Promise.withResolvers<void>();
      this.#drain = {
        resolve: drained.resolve,
        triesLeft: this.#state.name === 'running' ? LAST_TRIES : 1,
        hasProbed: false,
      };
      this.#supply.hurry();
      const timer = clock.after(deadlineMs, drained.resolve);
      this.wake();
      await drained.promise;
      timer.cancel();
    }
    this.#move({ kind: 'stopped' });
    this.#timer?.cancel();
    this.#starting?.abort();
    for (const flight of this.#inFlight) flight.abort();
    await Promise.all([...this.#inFlight].map((flight) => flight.ended));
    await this.#filling;
    await this.sink.stop();
  }

  /** Gives up what is left of a stream before a place. */
  skipTo(stream: StreamKey, place: Place): void {
    this.#supply.skipTo(stream, place);
  }

  /** So many records were given up with that. */
  noteGivenUp(records: number): void {
    this.#options.metrics.givenUp(records);
  }

  async #tryToStart(): Promise<SinkNotReady | null> {
    this.#starting = new AbortController();
    try {
      await this.sink.start(this.#starting.signal);
      this.reader.begin();
      this.#move({ kind: 'started' });
      return null;
    } catch (error) {
      const failure =
        error instanceof SinkNotReady ? error : new SinkNotReady(messageOf(error), { isPermanent: false });
      this.#move({ kind: 'not-ready', reason: failure.message, isPermanent: failure.isPermanent });
      return failure;
    } finally {
      this.#starting = null;
    }
  }

  async #fill(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      if (this.#state.name === 'starting') {
        if (this.#starting !== null) return;
        if (this.#options.clock.monotonicMs() < this.#state.untilMs) return;
        if ((await this.#tryToStart()) !== null) return;
      }
      while (this.#hasRoom()) {
        const isProbe = this.#state.name !== 'running';
        const flight = await this.#supply.next(
          isProbe ? Math.min(this.#maxBatchBytes, PROBE_BYTES) : this.#maxBatchBytes,
        );
        if (flight === null) break;
        await this.#launch(flight);
      }
      // Woken meanwhile: what there was to see may not be all.
      if (!this.#isWanted) this.#checkDrained();
    }
  }

  #hasRoom(): boolean {
    const { clock, budgetBytes } = this.#options;
    const isProbe = this.#drain !== null && !this.#drain.hasProbed && this.#state.name !== 'stopped';
    if (!maySend(this.#state, clock.monotonicMs()) && !isProbe) return false;
    if (this.#inFlight.size === 0) return true;
    if (this.#state.name !== 'running' || this.#inFlight.size >= this.#concurrency.limit) return false;
    return this.#bytesInFlight() + this.#maxBatchBytes <= budgetBytes;
  }

  #bytesInFlight(): number {
    let bytes = 0;
    for (const flight of this.#inFlight) bytes += flight.bytes;
    return bytes;
  }

  async #launch({ parcel, records, release }: Loaded): Promise<void> {
    if (parcel.origin.kind === 'spool')
      await this.reader.noteAttempt(parcel.stream, parcel.origin.stretch.from.segment);
    if (this.#drain !== null) this.#drain.hasProbed = true;
    // Stopped meanwhile: the spool keeps it.
    if (this.#state.name === 'stopped') return;
    const { clock, metrics, tracing } = this.#options;
    const epoch = this.sink.epoch();
    const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
    const controller = new AbortController();
    const startedMs = clock.monotonicMs();
    const gaveUp = Promise.withResolvers<SendResult>();
    const abort = (): void => {
      if (controller.signal.aborted) return;
      controller.abort();
      const reason = `no answer within ${this.sink.limits.timeoutMs} ms`;
      clock.after(ABORT_GRACE_MS, () =>
        gaveUp.resolve({ kind: 'retry', reason, retryAfterMs: null, isAmbiguous: true, isOverload: false }),
      );
    };
    const timer = clock.after(this.sink.limits.timeoutMs, abort);
    const isSaturated = this.#inFlight.size + 1 >= this.#concurrency.limit;
    const batch: Batch = {
      stream: parcel.stream,
      records,
      bytes,
      place: placeAfter(parcel),
      tries: parcel.failures + 1,
      mayBeStoredSince: parcel.mayBeStoredSince,
    };
    const attributes = {
      'tapline.sink': this.sink.name,
      'tapline.records': records.length,
      'tapline.tries': batch.tries,
    };
    const ended = tracing
      .span('tapline.deliver', attributes, () =>
        Promise.race([this.sink.send(batch, controller.signal), gaveUp.promise]),
      )
      .catch((error: unknown): SendResult => ({
        kind: 'retry',
        reason: messageOf(error),
        retryAfterMs: null,
        isAmbiguous: true,
        isOverload: false,
      }))
      .then((result) => {
        timer.cancel();
        this.#inFlight.delete(flight);
        metrics.request(result.kind, (clock.monotonicMs() - startedMs) / 1000);
        this.#apply(parcel, records, settle(parcel, records, result, this.#context(epoch)), isSaturated);
        // Behind any other answer something of the try may still be under way.
        if (result.kind === 'answered') release();
        this.wake();
      });
    const flight: Flight = { bytes, abort, ended };
    this.#inFlight.add(flight);
  }

  #context(epoch: string): SettleContext {
    const { clock, random, maxTries } = this.#options;
    return {
      nowMs: clock.monotonicMs(),
      random: random(),
      maxTries,
      epoch,
      refusedInARow: this.#refusedInARow,
    };
  }

  /** Does what follows from an answer. */
  #apply(
    parcel: Parcel,
    records: readonly RecordDocument[],
    settlement: Settlement,
    isSaturated: boolean,
  ): void {
    const { metrics, log } = this.#options;
    const { taken, refused, again, event, pressure, maxBatchBytes } = settlement;
    metrics.delivered(taken.length);
    metrics.duplicate(settlement.duplicates);
    metrics.diverted(settlement.diverted.length);
    metrics.retried(settlement.putOff);
    if (settlement.isCut) metrics.truncated(1);
    for (const reason of settlement.diverted) this.#tellDiverted(reason);
    if (settlement.rejected > 0) this.#giveUpSome(parcel, records, settlement.rejected);
    if (maxBatchBytes !== null && maxBatchBytes < this.#maxBatchBytes) {
      this.#maxBatchBytes = maxBatchBytes;
      log.write(
        'warn',
        `[${this.sink.name}] too large: batches have at most ${maxBatchBytes} bytes from now on`,
      );
    }
    if (settlement.isWholeRefusal) this.#refusedInARow++;
    else if (taken.length > 0) this.#refusedInARow = 0;
    if (pressure === 'grow') this.#concurrency.succeeded(isSaturated);
    else if (pressure === 'halve') this.#concurrency.overloaded();
    else if (pressure === 'one') this.#concurrency.failed();
    this.#supply.finish(parcel, taken, { isTaken: true });
    for (const part of again) this.#supply.put(part);
    if (refused.length === 0 || this.#bury(parcel, refused)) this.#move(event);
  }

  /** The sink has lost some of a batch: how many is known, and among which. */
  #giveUpSome({ stream }: Parcel, records: readonly RecordDocument[], count: number): void {
    const first = records[0]!.sequence;
    const last = records.at(-1)!.sequence;
    const reason = 'rejected by the receiver, which does not say which';
    const range = { sink: this.sink.name, ...stream, first, last, count, reason };
    try {
      this.#options.letters().giveUp(range, this.#options.clock.wallMs());
    } catch (error) {
      this.#options.log.write(
        'error',
        `[${this.sink.name}] cannot note that ${count} of records ${first} to ${last} were rejected: ${messageOf(error)}`,
      );
    }
  }

  /** Said when the reason changes: it may be the same for every record. */
  #tellDiverted(reason: string): void {
    if (reason === this.#divertedReason) return;
    this.#divertedReason = reason;
    this.#options.log.write('warn', `[${this.sink.name}] records are put aside by the sink: ${reason}`);
  }

  /** Puts records aside for good. Where the disk does not take them they stay in the spool, the lane is blocked, and it returns false. */
  #bury(parcel: Parcel, letters: readonly Letter[]): boolean {
    const { log, metrics, clock } = this.#options;
    const [{ record, refusal }] = letters as readonly [Letter, ...Letter[]];
    try {
      this.#options.letters().add(this.sink.name, parcel.stream, letters, clock.wallMs());
    } catch (error) {
      const notBeforeMs = clock.monotonicMs() + ITEM_BACK_OFF.longestMs;
      this.#supply.put(
        partOf(
          parcel,
          letters.map(({ index }) => index),
          { notBeforeMs },
        ),
      );
      this.#move({ kind: 'blocked', reason: `cannot keep dead letters: ${messageOf(error)}` });
      return false;
    }
    metrics.deadLetters(letters.length);
    this.#trouble.noteError(`refused for good: ${refusal.type}: ${refusal.reason}`, clock.wallMs());
    const rest = letters.length === 1 ? '' : ` and ${letters.length - 1} more`;
    log.write(
      'error',
      `[${this.sink.name}] refused for good: record ${record.id}${rest}: ${refusal.type}: ${refusal.reason} (tapline dead-letters list)`,
    );
    this.#supply.finish(
      parcel,
      letters.map((letter) => letter.record),
      { isTaken: false },
    );
    return true;
  }

  #move(event: LaneEvent): void {
    const { clock, random, log } = this.#options;
    const before = this.#state;
    const after = nextLaneState(before, event, clock.monotonicMs(), random());
    this.#state = after;
    this.#trouble.note(event, after.name, clock.wallMs());
    if (event.kind === 'failed' && this.#drain !== null && --this.#drain.triesLeft <= 0)
      this.#drain.resolve();
    if ((event.kind === 'paused' || event.kind === 'blocked') && this.#drain !== null) this.#drain.resolve();
    this.#options.metrics.state(after.name);
    if (before.name === after.name && reasonOf(before) === reasonOf(after)) return;
    const { name } = this.sink;
    if (after.name === 'running' && before.name !== 'starting')
      log.write('info', `[${name}] takes records again`);
    else if (after.name === 'running') log.write('debug', `[${name}] ready`);
    else if (after.name === 'backing-off')
      log.write('error', `[${name}] delivery failed, trying again: ${after.reason}`);
    else if (after.name === 'blocked' || after.name === 'paused')
      log.write('error', `[${name}] ${after.name}, records wait in the spool: ${after.reason}`);
    else if (after.name === 'starting')
      log.write('error', `[${name}] not ready, records wait in the spool: ${after.reason}`);
  }

  #checkDrained(): void {
    if (this.#drain === null) return;
    if (
      this.#inFlight.size === 0 &&
      this.#supply.waiting === 0 &&
      maySend(this.#state, this.#options.clock.monotonicMs())
    )
      this.#drain.resolve();
  }

  /** Wakes when the next thing is due. */
  #arm(): void {
    this.#timer?.cancel();
    this.#timer = null;
    // Its end wakes.
    if (this.#starting !== null) return;
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const candidates: number[] = [];
    if ('untilMs' in this.#state && (this.#state.untilMs > nowMs || this.#state.name === 'starting'))
      candidates.push(this.#state.untilMs);
    // Without room, the end of what is under way wakes.
    else if (this.#hasRoom()) candidates.push(...this.#supply.dueMs());
    if (candidates.length === 0) return;
    this.#timer = clock.after(Math.max(1, Math.min(...candidates) - nowMs), () => this.wake());
  }
}

interface Flight {
  readonly bytes: number;
  readonly abort: () => void;
  readonly ended: Promise<void>;
}

function reasonOf(state: LaneState): string {
  return 'reason' in state ? state.reason : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
