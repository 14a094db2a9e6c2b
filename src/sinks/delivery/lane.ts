import type { Clock, Log, Timer } from '../../core/ports.ts';
import { cutBodies } from '../../records/cut-bodies.ts';
import type { RecordDocument } from '../../records/record-document.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { Batch, ItemResult, Place, SendResult, Sink, StreamKey } from '../sink.ts';
import { SinkNotReady } from '../sink.ts';
import { backOffMs } from './back-off.ts';
import { Concurrency } from './concurrency.ts';
import type { DeadLetters, Refusal } from './dead-letters.ts';
import type { LaneMetrics } from './lane-metrics.ts';
import type { LaneReader } from './lane-reader.ts';
import { type LaneEvent, type LaneState, type LaneStateName, maySend, nextLaneState } from './lane-state.ts';
import { isBefore } from './place-window.ts';
import { halves, newParcel, type Parcel, partOf, placeAfter } from './parcel.ts';
import type { SpoolSource, Stretch } from './spool-source.ts';

/** Pauses between the tries of single records that a sink puts off. */
const ITEM_BACK_OFF = { firstMs: 200, longestMs: 15_000 };
/** A try that does not end by itself when it is aborted is given up so long after. */
const ABORT_GRACE_MS = 2000;
/** Retries that wait, above which nothing new is read. */
const MAX_WAITING = 32;
/** Sizes to which the bodies of a single record are cut, one after the other, for a sink that does not take it. */
const BODY_CUTS = [32_768, 4096, 0];
/** Records refused one after the other by the status of the whole request: then it is not the records. */
const MAX_REFUSED_IN_A_ROW = 5;
/** At a stop, failures after which the rest is left for the next start; one where the sink was not running before. */
const LAST_TRIES = 3;
/** Dead letters that are sent again in one batch. */
const LETTERS_AT_A_TIME = 500;

export interface LaneOptions {
  readonly sink: Sink;
  readonly reader: LaneReader;
  readonly source: SpoolSource;
  /** Made where there are none yet. */
  readonly letters: () => DeadLetters;
  readonly lettersIfAny: () => DeadLetters | null;
  readonly metrics: LaneMetrics;
  readonly tracing: Tracing;
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly log: Log;
  /** Bytes of records in flight at a time; one batch always may be. */
  readonly budgetBytes: number;
  /** Tries of a record whose answers may be final. */
  readonly maxTries: number;
  /** A place was acknowledged: something may be released, and is written down. */
  readonly onProgress: () => void;
}

/** What a lane says of itself. */
export interface LaneStatus {
  readonly name: string;
  readonly state: LaneStateName;
  /** Why it is not running; empty where it is. */
  readonly reason: string;
  /** Its first try to start is not over. */
  readonly isUntried: boolean;
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
  #waiting: Parcel[] = [];
  #lettersOut = 0;
  #mayHaveLetters = true;
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
  }

  get status(): LaneStatus {
    return {
      name: this.sink.name,
      state: this.#state.name,
      reason: 'reason' in this.#state ? this.#state.reason : '',
      isUntried: this.#state.name === 'starting' && this.#state.failures === 0,
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
    this.#mayHaveLetters = true;
    this.wake();
  }

  /** Whether nothing is left to do for now. */
  get isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#waiting.length === 0 && this.#filling === null;
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
      this.reader.isHurried = true;
      this.#waiting = this.#waiting.map((parcel) => ({ ...parcel, notBeforeMs: 0 }));
      this.#drain = {
        resolve: drained.resolve,
        triesLeft: this.#state.name === 'running' ? LAST_TRIES : 1,
        hasProbed: false,
      };
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
    this.#waiting = this.#waiting.filter(
      (parcel) =>
        parcel.origin.kind !== 'spool' ||
        parcel.stream.run !== stream.run ||
        parcel.stream.thread !== stream.thread ||
        parcel.origin.stretch.from.segment >= place.segment,
    );
    this.reader.skipTo(stream, place);
  }

  async #tryToStart(): Promise<SinkNotReady | null> {
    this.#starting = new AbortController();
    try {
      await this.sink.start(this.#starting.signal);
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
        const flight =
          (await this.#takeWaiting()) ?? (await this.#takeLetters()) ?? (await this.#takeFresh());
        if (flight === null) break;
        await this.#launch(flight.parcel, flight.records);
      }
      this.#checkDrained();
    }
  }

  #hasRoom(): boolean {
    const { clock, budgetBytes } = this.#options;
    const isProbe = this.#drain !== null && !this.#drain.hasProbed && this.#state.name !== 'stopped';
    if (!maySend(this.#state, clock.monotonicMs()) && !isProbe) return false;
    if (this.#inFlight.size === 0) return true;
    if (this.#state.name !== 'running' || this.#inFlight.size >= this.#concurrency.limit) return false;
    let bytes = 0;
    for (const flight of this.#inFlight) bytes += flight.bytes;
    return bytes + this.#maxBatchBytes <= budgetBytes;
  }

  /** A parcel whose next try is due, with its records read again. */
  async #takeWaiting(): Promise<Loaded | null> {
    const nowMs = this.#options.clock.monotonicMs();
    const at = this.#waiting.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (at < 0) return null;
    const [parcel] = this.#waiting.splice(at, 1);
    const { origin, only, bodyBytes } = parcel!;
    let all: readonly RecordDocument[];
    try {
      all =
        origin.kind === 'letters'
          ? origin.records
          : (await this.#options.source.reread(parcel!.stream, origin.stretch)).records;
    } catch (error) {
      if (this.#isGivenUp(parcel!)) return this.#takeWaiting();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#lose(parcel!);
      else this.#put({ ...parcel!, notBeforeMs: nowMs + 1000 });
      throw error;
    }
    const chosen = only === null ? all : only.map((index) => all[index]!);
    return {
      parcel: parcel!,
      records: bodyBytes === null ? chosen : chosen.map((record) => cutBodies(record, bodyBytes)),
    };
  }

  async #takeFresh(): Promise<Loaded | null> {
    // A sink that keeps its own places gets everything in order.
    const isFull = this.#waiting.length >= (this.sink.ownPlaces === null ? MAX_WAITING : 1);
    if (isFull) return null;
    for (;;) {
      const fresh = await this.reader.next(this.#maxBatchBytes);
      if (fresh === null) return null;
      const { stream, entry, stretch, mayBeStoredSince } = fresh;
      if (stretch.records.length === 0 && this.sink.ownPlaces === null) {
        this.#options.onProgress();
        continue;
      }
      return {
        parcel: newParcel(stream, { kind: 'spool', entry, stretch: leaner(stretch) }, mayBeStoredSince),
        records: stretch.records,
      };
    }
  }

  #takeLetters(): Promise<Loaded | null> {
    if (!this.#mayHaveLetters || this.#lettersOut > 0) return Promise.resolve(null);
    this.#mayHaveLetters = false;
    let letters: ReturnType<DeadLetters['requeued']> = [];
    try {
      letters = this.#options.lettersIfAny()?.requeued(this.sink.name, LETTERS_AT_A_TIME) ?? [];
    } catch (error) {
      this.#options.log.write('warn', `[${this.sink.name}] cannot read dead letters: ${messageOf(error)}`);
    }
    const [first] = letters;
    if (first === undefined) return Promise.resolve(null);
    const { stream } = first;
    const records: RecordDocument[] = [];
    let bytes = 0;
    for (const letter of letters) {
      if (letter.stream.run !== stream.run || letter.stream.thread !== stream.thread) break;
      if (records.length > 0 && bytes + letter.record.bytes.length > this.#maxBatchBytes) break;
      bytes += letter.record.bytes.length;
      records.push(letter.record);
    }
    this.#lettersOut = records.length;
    const place = this.reader.acknowledged(stream) ?? { segment: 0, offset: 0 };
    return Promise.resolve({ parcel: newParcel(stream, { kind: 'letters', records, place }, null), records });
  }

  async #launch(parcel: Parcel, records: readonly RecordDocument[]): Promise<void> {
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
        this.#settle(parcel, records, result, epoch, isSaturated);
        this.wake();
      });
    const flight: Flight = { bytes, abort, ended };
    this.#inFlight.add(flight);
  }

  #settle(
    parcel: Parcel,
    records: readonly RecordDocument[],
    result: SendResult,
    epoch: string,
    isSaturated: boolean,
  ): void {
    switch (result.kind) {
      case 'answered':
        if (result.items.length === records.length)
          return this.#settleItems(parcel, records, result.items, isSaturated);
        return this.#again(
          parcel,
          records,
          `the answer has ${result.items.length} results for ${records.length} records`,
          { mayBeStoredSince: parcel.mayBeStoredSince ?? epoch },
        );
      case 'retry': {
        if (result.isOverload) this.#concurrency.overloaded();
        const mayBeStoredSince =
          parcel.mayBeStoredSince ?? (result.isAmbiguous && records.length > 0 ? epoch : null);
        return this.#again(parcel, records, result.reason, { mayBeStoredSince }, result.retryAfterMs);
      }
      case 'too-large':
        return this.#shrink(parcel, records, result.reason);
      case 'refused':
        return this.#bisect(parcel, records, result);
      case 'paused':
        this.#put(parcel);
        return this.#move({ kind: 'paused', reason: result.reason });
    }
  }

  #settleItems(
    parcel: Parcel,
    records: readonly RecordDocument[],
    items: readonly ItemResult[],
    isSaturated: boolean,
  ): void {
    const { metrics, maxTries, clock, random } = this.#options;
    const later: number[] = [];
    const limited: number[] = [];
    const refused: Letter[] = [];
    const taken: RecordDocument[] = [];
    let blockedReason: string | null = null;
    for (const [index, item] of items.entries()) {
      const record = records[index]!;
      if (item.kind === 'blocked') {
        blockedReason = item.reason;
        later.push(index);
      } else if (item.kind === 'refused')
        refused.push({ record, refusal: { ...item, tries: parcel.failures + 1 } });
      else if (item.kind === 'retry' && item.isLimited && parcel.limitedFailures + 1 >= maxTries)
        refused.push({
          record,
          refusal: { type: 'tries-used-up', reason: item.reason, status: null, tries: parcel.failures + 1 },
        });
      else if (item.kind === 'retry') (item.isLimited ? limited : later).push(index);
      else {
        if (item.kind !== 'delivered') metrics[item.kind](1);
        if (item.kind === 'diverted') this.#tellDiverted(item.reason);
        taken.push(record);
      }
    }
    metrics.delivered(taken.length);
    this.#finish(parcel, taken);
    if (refused.length > 0) this.#bury(parcel, refused);
    const failures = parcel.failures + 1;
    const notBeforeMs = clock.monotonicMs() + backOffMs(failures, random(), ITEM_BACK_OFF);
    // That a record is put off does not say that an earlier try did not store it: that mark stays.
    const changes = { failures, notBeforeMs };
    if (later.length > 0) this.#put(partOf(parcel, later, changes));
    if (limited.length > 0)
      this.#put(partOf(parcel, limited, { ...changes, limitedFailures: parcel.limitedFailures + 1 }));
    metrics.retried(later.length + limited.length);
    if (blockedReason !== null) return this.#move({ kind: 'blocked', reason: blockedReason });
    if (later.length > 0) this.#concurrency.overloaded();
    else this.#concurrency.succeeded(isSaturated);
    if (taken.length > 0 || refused.length > 0 || items.length === 0) {
      this.#refusedInARow = 0;
      this.#move({ kind: 'succeeded' });
    } else {
      const first = items[later[0] ?? limited[0]!] as { reason: string };
      this.#move({ kind: 'failed', reason: first.reason, retryAfterMs: null });
    }
  }

  /** Said when the reason changes: it may be the same for every record. */
  #tellDiverted(reason: string): void {
    if (reason === this.#divertedReason) return;
    this.#divertedReason = reason;
    this.#options.log.write('warn', `[${this.sink.name}] records are put aside by the sink: ${reason}`);
  }

  /** Nothing of it was taken. */
  #again(
    parcel: Parcel,
    records: readonly RecordDocument[],
    reason: string,
    changes: Partial<Parcel>,
    retryAfterMs: number | null = null,
  ): void {
    this.#options.metrics.retried(records.length);
    this.#concurrency.failed();
    this.#put({ ...parcel, ...changes, failures: parcel.failures + 1 });
    this.#move({ kind: 'failed', reason, retryAfterMs });
  }

  #shrink(parcel: Parcel, records: readonly RecordDocument[], reason: string): void {
    const { log, metrics } = this.#options;
    if (records.length > 1) {
      const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
      const half = Math.ceil(bytes / 2);
      if (half < this.#maxBatchBytes) {
        this.#maxBatchBytes = Math.max(half, 1024);
        log.write(
          'warn',
          `[${this.sink.name}] ${reason}: batches have at most ${this.#maxBatchBytes} bytes from now on`,
        );
      }
      for (const part of halves(parcel, records)) this.#put(part);
      return;
    }
    const [record] = records;
    const bodyBytes = BODY_CUTS.find((cut) => cut < (parcel.bodyBytes ?? Infinity));
    if (bodyBytes === undefined)
      this.#bury(parcel, [
        { record: record!, refusal: { type: 'too-large', reason, status: null, tries: parcel.failures + 1 } },
      ]);
    else {
      if (parcel.bodyBytes === null) metrics.truncated(1);
      this.#put({ ...parcel, bodyBytes });
    }
  }

  /** Refused as a whole: halves until the records that are to blame stand alone. */
  #bisect(
    parcel: Parcel,
    records: readonly RecordDocument[],
    result: SendResult & { kind: 'refused' },
  ): void {
    if (records.length > 1) {
      for (const part of halves(parcel, records, { failures: parcel.failures + 1 })) this.#put(part);
      return;
    }
    if (++this.#refusedInARow > MAX_REFUSED_IN_A_ROW) {
      this.#put(parcel);
      this.#move({
        kind: 'paused',
        reason: `every request is refused: ${result.reason}. Is this the right address, and nothing in between?`,
      });
      return;
    }
    const { type, reason, status } = result;
    this.#bury(
      parcel,
      records.map((record) => ({ record, refusal: { type, reason, status, tries: parcel.failures + 1 } })),
    );
  }

  /** Puts records aside for good. Where the disk does not take them they stay in the spool. */
  #bury(parcel: Parcel, letters: readonly Letter[]): void {
    const { log, metrics, clock } = this.#options;
    const [{ record, refusal }] = letters as readonly [Letter, ...Letter[]];
    try {
      this.#options.letters().add(this.sink.name, parcel.stream, letters, clock.wallMs());
    } catch (error) {
      const reason = `cannot keep dead letters: ${messageOf(error)}`;
      this.#put({ ...parcel, notBeforeMs: clock.monotonicMs() + ITEM_BACK_OFF.longestMs });
      return this.#move({ kind: 'blocked', reason });
    }
    metrics.deadLetters(letters.length);
    const rest = letters.length === 1 ? '' : ` and ${letters.length - 1} more`;
    log.write(
      'error',
      `[${this.sink.name}] refused for good: record ${record.id}${rest}: ${refusal.type}: ${refusal.reason} (tapline dead-letters list)`,
    );
    this.#finish(
      parcel,
      letters.map(({ record }) => record),
      { isBuried: true },
    );
  }

  /** Records have come to their end. */
  #finish(parcel: Parcel, records: readonly RecordDocument[], { isBuried = false } = {}): void {
    const { origin, stream } = parcel;
    if (origin.kind === 'letters') {
      this.#lettersOut -= records.length;
      this.#mayHaveLetters = true;
      if (!isBuried && records.length > 0)
        this.#options.letters().delivered(
          this.sink.name,
          records.map(({ id }) => id),
        );
    } else if (records.length > 0 || origin.entry.open === 0) {
      this.reader.close(stream, origin.entry, records.length);
      this.#options.onProgress();
    }
  }

  /** The file that a parcel was read from is gone: somebody has deleted it. */
  #lose({ origin, stream }: Parcel): void {
    if (origin.kind !== 'spool') return;
    const { entry, stretch } = origin;
    const first = stretch.lastSequence === null ? 0 : stretch.lastSequence + 1;
    const count = entry.open;
    const reason = 'spool file deleted';
    const range = { sink: this.sink.name, ...stream, first, last: first + count - 1, count, reason };
    this.#options.log.write(
      'error',
      `[${this.sink.name}] ${count} records of run ${stream.run} are lost: their file was deleted from the spool`,
    );
    this.#options.letters().giveUp(range, this.#options.clock.wallMs());
    this.reader.close(stream, entry, count);
    this.#options.onProgress();
  }

  /** To be sent at its time; the oldest first. */
  #put(parcel: Parcel): void {
    if (!this.#isGivenUp(parcel)) this.#waiting.push(parcel);
  }

  /** Whether its segment was given up while it was under way. */
  #isGivenUp({ origin, stream }: Parcel): boolean {
    if (origin.kind !== 'spool') return false;
    const acknowledged = this.reader.acknowledged(stream);
    return acknowledged !== null && !isBefore(acknowledged, origin.stretch.to);
  }

  #move(event: LaneEvent): void {
    const { clock, random, log } = this.#options;
    const before = this.#state;
    const after = nextLaneState(before, event, clock.monotonicMs(), random());
    this.#state = after;
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
      this.#waiting.length === 0 &&
      maySend(this.#state, this.#options.clock.monotonicMs())
    )
      this.#drain.resolve();
  }

  /** Wakes when the next thing is due. */
  #arm(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const candidates: number[] = [];
    if ('untilMs' in this.#state && (this.#state.untilMs > nowMs || this.#state.name === 'starting'))
      candidates.push(this.#state.untilMs);
    else if (this.#inFlight.size < this.#concurrency.limit) {
      for (const { notBeforeMs } of this.#waiting) candidates.push(notBeforeMs);
      if (this.reader.dueMs !== null) candidates.push(this.reader.dueMs);
    }
    if (candidates.length === 0) return;
    this.#timer = clock.after(Math.max(1, Math.min(...candidates) - nowMs), () => this.wake());
  }
}

interface Loaded {
  readonly parcel: Parcel;
  readonly records: readonly RecordDocument[];
}

interface Letter {
  readonly record: RecordDocument;
  readonly refusal: Refusal;
}

interface Flight {
  readonly bytes: number;
  readonly abort: () => void;
  readonly ended: Promise<void>;
}

/** Without the records: they are read again where they are needed again. */
function leaner({ from, to, lastSequence }: Stretch): Pick<Stretch, 'from' | 'to' | 'lastSequence'> {
  return { from, to, lastSequence };
}

function reasonOf(state: LaneState): string {
  return 'reason' in state ? state.reason : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
