import { createHash } from 'node:crypto';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import type { GapFacts, RecordDocument } from '../records/record-document.ts';
import { Delivery } from '../sinks/delivery/delivery.ts';
import type { Sink, StreamKey } from '../sinks/sink.ts';
import { StoreSink } from '../sinks/store/store-sink.ts';
import type { DataDirectory } from '../spool/data-directory.ts';
import { noteLoss } from '../spool/run-ledger.ts';
import type { MetricRegistry } from '../telemetry/metric-registry.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { newRecorder } from './new-recorder.ts';
import { systemClock } from './system-clock.ts';

/** The way from the spool of a data directory to its sinks. */
export function newDelivery(init: {
  readonly directory: DataDirectory;
  readonly options: Options;
  readonly sinks: readonly Sink[];
  readonly metrics: MetricRegistry;
  readonly tracing?: Tracing;
  readonly log: Log;
  readonly isReleasing: boolean;
}): Delivery {
  const { directory, options, sinks, metrics, log, isReleasing, tracing = NO_TRACING } = init;
  const hmacKey = directory.hmacKey();
  return new Delivery({
    paths: directory.paths,
    sinks,
    log,
    clock: systemClock,
    random: Math.random,
    metrics,
    tracing,
    budgetBytes: options.deliveryBudgetBytes,
    maxTries: options.deliveryTries,
    maxDeadLetterBytes: options.deadLetterBytes,
    maxSpoolBytes: options.spoolSizeBytes,
    isReleasing,
    noteLoss: (stream, facts) => noteLoss(directory.paths.ledger, stream, facts),
    makeGap: (stream, facts, timestampMs) => gapOfDamage({ options, hmacKey }, stream, facts, timestampMs),
  });
}

/** The embedded store of a data directory as a sink. */
export function newStoreSink(directory: DataDirectory, options: Options, log: Log): StoreSink {
  return new StoreSink({
    file: directory.paths.store,
    log,
    maxBytes: options.storeSizeBytes,
    maxAgeMs: options.storeAgeMs,
  });
}

/**
 * The gap record of a damaged stretch. It has no sequence number of its own: 0. Everything else follows from what was lost, so that
 * whoever reads the stretch again makes the same record, with the same id.
 */
function gapOfDamage(
  init: { readonly options: Options; readonly hmacKey: Buffer },
  { run, thread }: StreamKey,
  facts: GapFacts,
  timestampMs: number,
): RecordDocument {
  const seed = createHash('sha256').update(`${run}.${thread}.${facts.from}-${facts.to}`).digest();
  return newRecorder({ ...init, runId: run, thread }, () => 0, {
    clock: { ...systemClock, wallMs: () => timestampMs },
    randomBytes: (size) => Buffer.alloc(size, seed),
  }).gap(facts);
}
