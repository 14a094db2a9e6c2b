import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import type { ConnectionTotals } from '../net/connection-totals.ts';
import type { ExchangeObserver } from '../records/exchange-observer.ts';
import { RecordSpace } from '../records/record-space.ts';
import type { Recorder } from '../records/recorder.ts';
import type { DataPaths } from '../spool/data-directory.ts';
import { FRAME_ROOM_BYTES } from '../spool/format.ts';
import { RunLedger } from '../spool/run-ledger.ts';
import { SpoolWriter } from '../spool/spool-writer.ts';
import type { DataThreadInit } from './data-thread.ts';
import { newRecorder } from './new-recorder.ts';
import { RecordBatch } from './record-batch.ts';
import { systemClock } from './system-clock.ts';

/** Bytes of records that wait in memory for a disk that does not take them; beyond it the oldest are lost, and told of. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;

/** How often the counts of the sockets go to disk. */
const LEDGER_INTERVAL_MS = 1000;

/** Timers fire a little early or late. */
const TIMER_TOLERANCE = 0.9;

/** A data thread's way from records to the spool, with the ledger that accounts for them. */
export interface Recording {
  readonly recorder: Recorder;
  readonly batch: RecordBatch;
  /** Records lost so far, by reason. */
  readonly lost: ReadonlyMap<string, number>;
  /** What programs do with records from now on: one that is not the built-in may keep them, and one without `audit.batch` does not flush the last ones of those before it. */
  serveProgram(program: { readonly isBuiltIn: boolean; readonly isFlushing: boolean }): void;
  /** Writes everything and closes the books with what the sockets counted. */
  close(): Promise<void>;
}

/**
 * A file that is written to is never released: those of all data threads together may take a quarter of the spool at most, or it would stay full
 * though each sink has taken all of it.
 */
function segmentBytesOf({
  spoolSegmentBytes,
  spoolSizeBytes,
  threads,
}: Pick<Options, 'spoolSegmentBytes' | 'spoolSizeBytes' | 'threads'>): number {
  return Math.min(spoolSegmentBytes, Math.floor(spoolSizeBytes / (4 * threads)));
}

export function openRecording(
  init: DataThreadInit,
  paths: DataPaths,
  totals: ConnectionTotals,
  observer: ExchangeObserver,
  log: Log,
  onFlushed: () => void,
): Recording {
  const { options, runId, thread } = init;
  const ledger = new RunLedger(paths.ledger, runId, thread, systemClock.wallMs(), {
    hasStore: options.store === 'on',
  });
  // A script may keep a record; the built-in program does not.
  const space = new RecordSpace({ roomBefore: FRAME_ROOM_BYTES, isReused: init.program?.isBuiltIn === true });
  const recorder = newRecorder(init, () => ledger.nextSequence(), {
    observer,
    space,
    expectSequences: (count) => ledger.expect(count),
  });
  const spool = new SpoolWriter({
    folder: paths.spool,
    run: runId,
    thread,
    maxSpoolBytes: options.spoolSizeBytes,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    segmentBytes: segmentBytesOf(options),
    isSyncing: options.spoolSync,
    makeGap: (gap) => {
      ledger.noteGap(gap);
      return recorder.gap(gap);
    },
    onUntold: (gap) => ledger.noteGap(gap),
    onFlushed,
    onWritten: (stretches) => space.written(stretches),
    log,
  });
  // Full batches are flushed in between: these come with the flushes of time.
  let summariesDueMs = 0;
  const batch = new RecordBatch(spool, options.batchCount, options.batchBytes, () => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < summariesDueMs) return [];
    summariesDueMs = nowMs + options.flushIntervalMs * TIMER_TOLERANCE;
    return recorder.summaries();
  });
  const timer = setInterval(() => ledger.noteTotals(totals), LEDGER_INTERVAL_MS);
  timer.unref();
  let flushing: NodeJS.Timeout | undefined;
  return {
    recorder,
    batch,
    lost: spool.lostByReason,
    serveProgram({ isBuiltIn, isFlushing }) {
      if (!isBuiltIn) space.stopReusing();
      clearInterval(flushing);
      if (!isFlushing) flushing = setInterval(() => batch.flush(), options.flushIntervalMs).unref();
    },
    async close() {
      clearInterval(timer);
      clearInterval(flushing);
      batch.flush();
      for (const summary of recorder.summaries()) spool.append(summary);
      await spool.close();
      ledger.close(totals);
    },
  };
}
