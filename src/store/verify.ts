import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { RecordDocument } from '../records/record-document.ts';
import type { DataDirectory } from '../spool/data-directory.ts';
import { decodeFrames } from '../spool/format.ts';
import { type LedgerEntry, readLedger } from '../spool/run-ledger.ts';
import { parseSegmentName } from '../spool/segment-name.ts';
import { RecordStore, type StoredGap, type StoredLeftOut } from './record-store.ts';

export interface RunReport {
  readonly run: string;
  readonly thread: number;
  readonly startedMs: number;
  /** When the run was last heard of. */
  readonly notedMs: number;
  readonly isCleanEnd: boolean;
  readonly isRunning: boolean;
  readonly records: number;
  readonly expired: number;
  /** Sequence numbers that are nowhere. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** Losses that the gateway itself has recorded. */
  readonly gaps: readonly StoredGap[];
  /** After a crash: numbers that may have been given out. */
  readonly unaccountedAtMost: number;
  readonly bytes: {
    readonly received: number;
    readonly sent: number;
    readonly discarded: number;
    readonly recordedSource: number;
    readonly recordedDestination: number;
    /** Null where it cannot be known: a run that goes on or crashed. */
    readonly isBalanced: boolean | null;
  };
}

export interface VerifyReport {
  readonly isComplete: boolean;
  readonly records: number;
  /** Records in the spool that the store has not taken yet. */
  readonly pending: number;
  /** Exchanges that capture rules left without records, by rule; their bytes are in the sums. */
  readonly leftOut: readonly StoredLeftOut[];
  readonly runs: readonly RunReport[];
}

/** Accounts for every sequence number and every byte of every run. Reads only; may run beside a gateway. */
export function verifyRecords({
  directory,
  runningRun = null,
  lastAcknowledged = () => 0,
}: {
  directory: DataDirectory;
  runningRun?: string | null;
  /** Of a run without a store: the highest sequence number that one of its sinks has taken. */
  lastAcknowledged?: (run: string, thread: number) => number;
}): VerifyReport {
  const ledger = readLedger(directory.paths.ledger);
  const store = existsSync(directory.paths.store)
    ? RecordStore.open(directory.paths.store, { isReadOnly: true })
    : null;
  try {
    const spooled = readSpooled(directory.paths.spool, store);
    const runs = ledger.map((entry) => {
      const waiting = spooled.get(`${entry.run}.${entry.thread}`) ?? [];
      return entry.hasStore === false
        ? accountWithoutStore(entry, waiting, lastAcknowledged(entry.run, entry.thread), runningRun)
        : account(entry, store, waiting, runningRun);
    });
    const pending = [...spooled.values()].reduce((sum, records) => sum + records.length, 0);
    return {
      isComplete: runs.every(isRunComplete),
      records: runs.reduce((sum, run) => sum + run.records, 0),
      pending,
      leftOut: addUp([...(store?.leftOut() ?? []), ...[...spooled.values()].flat().flatMap(leftOutOf)]),
      runs,
    };
  } finally {
    store?.close();
  }
}

export function isRunComplete(run: RunReport): boolean {
  return (
    run.missing.length === 0 &&
    run.gaps.length === 0 &&
    run.unaccountedAtMost === 0 &&
    run.bytes.isBalanced !== false
  );
}

function account(
  entry: LedgerEntry,
  store: RecordStore | null,
  spooled: readonly RecordDocument[],
  runningRun: string | null,
): RunReport {
  const { run, thread, totals } = entry;
  const stored = store?.streams().find((stream) => stream.run === run && stream.thread === thread);
  const gaps = [...(store?.gaps(run, thread) ?? []), ...spooled.flatMap(gapOf)];
  const seen = [...(store?.sequences(run, thread) ?? []), ...spooled.map(({ sequence }) => sequence)]
    .filter((sequence) => sequence > 0)
    .sort((left, right) => left - right);
  const isCleanEnd = entry.lastSequence !== null;
  const isRunning = run === runningRun;
  const expired = stored?.expiredThrough ?? 0;
  const lastSeen = seen.at(-1) ?? expired;
  const last = entry.lastSequence ?? lastSeen;
  const recordedSource =
    (stored?.sourceBytes ?? 0) + spooled.reduce((sum, record) => sum + record.sourceBytes, 0);
  const recordedDestination =
    (stored?.destinationBytes ?? 0) + spooled.reduce((sum, record) => sum + record.destinationBytes, 0);
  // Bytes of records that damage destroyed are not known, so nothing can be balanced against them.
  const hasUnknownBytes = gaps.some((gap) => gap.reason === 'corrupt-segment');
  return {
    run,
    thread,
    startedMs: entry.startedMs,
    notedMs: entry.notedMs,
    isCleanEnd,
    isRunning,
    records: (stored?.records ?? 0) + spooled.length,
    expired: stored?.expiredRecords ?? 0,
    missing: missingRanges(seen, expired, last, gaps),
    gaps,
    unaccountedAtMost:
      isCleanEnd || isRunning ? 0 : Math.max(0, entry.leasedTo - Math.max(lastSeen, expired)),
    bytes: {
      received: totals.receivedBytes,
      sent: totals.sentBytes,
      discarded: totals.discardedBytes,
      recordedSource,
      recordedDestination,
      isBalanced:
        !isCleanEnd || hasUnknownBytes
          ? null
          : recordedSource === totals.receivedBytes - totals.discardedBytes &&
            recordedDestination === totals.sentBytes,
    },
  };
}

/** A run whose records only other sinks hold: what can be told here is what was lost before them, and how far they have come. */
function accountWithoutStore(
  entry: LedgerEntry,
  spooled: readonly RecordDocument[],
  acknowledged: number,
  runningRun: string | null,
): RunReport {
  const { run, thread, totals } = entry;
  const gaps = entry.gaps ?? [];
  const lastSpooled = spooled.reduce((last, { sequence }) => Math.max(last, sequence), 0);
  const isCleanEnd = entry.lastSequence !== null;
  const isRunning = run === runningRun;
  const last = entry.lastSequence ?? Math.max(acknowledged, lastSpooled);
  const lost = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return {
    run,
    thread,
    startedMs: entry.startedMs,
    notedMs: entry.notedMs,
    isCleanEnd,
    isRunning,
    records: Math.max(0, last - lost),
    expired: 0,
    missing: [],
    gaps,
    unaccountedAtMost: isCleanEnd || isRunning ? 0 : Math.max(0, entry.leasedTo - last),
    bytes: {
      received: totals.receivedBytes,
      sent: totals.sentBytes,
      discarded: totals.discardedBytes,
      recordedSource: 0,
      recordedDestination: 0,
      isBalanced: null,
    },
  };
}

/** Numbers in (after, last] that are neither seen nor told of by a gap record. */
function missingRanges(
  seen: readonly number[],
  after: number,
  last: number,
  gaps: readonly StoredGap[],
): { from: number; to: number }[] {
  const missing: { from: number; to: number }[] = [];
  let next = after + 1;
  const note = (to: number): void => {
    while (next <= to) {
      const gap = gaps.find(({ from, to: end }) => from <= next && next <= end);
      if (gap !== undefined) {
        next = gap.to + 1;
        continue;
      }
      const nextGap = Math.min(to + 1, ...gaps.filter(({ from }) => from > next).map(({ from }) => from));
      missing.push({ from: next, to: nextGap - 1 });
      next = nextGap;
    }
  };
  for (const sequence of seen) {
    if (sequence < next) continue;
    note(sequence - 1);
    next = Math.max(next, sequence + 1);
  }
  note(last);
  return missing;
}

/** The records of all segments that the store has not taken, by stream. */
function readSpooled(folder: string, store: RecordStore | null): Map<string, RecordDocument[]> {
  const spooled = new Map<string, RecordDocument[]>();
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const file of files) {
    const name = parseSegmentName(file);
    if (name === null) continue;
    const place = store?.place(name.run, name.thread) ?? null;
    if (place !== null && place.segment > name.segment) continue;
    const offset = place !== null && place.segment === name.segment ? place.offset : 0;
    const { records } = decodeFrames(readSegment(path.join(folder, file)).subarray(offset));
    const key = `${name.run}.${name.thread}`;
    spooled.set(key, [...(spooled.get(key) ?? []), ...records]);
  }
  return spooled;
}

function readSegment(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // Delivered and deleted in this moment.
    return Buffer.alloc(0);
  }
}

function gapOf(record: RecordDocument): StoredGap[] {
  if (record.kind !== 'gap') return [];
  const { tapline } = JSON.parse(record.bytes.toString('utf8')) as { tapline: { gap: StoredGap } };
  return [tapline.gap];
}

function leftOutOf(record: RecordDocument): StoredLeftOut[] {
  if (record.kind !== 'summary') return [];
  const { tapline } = JSON.parse(record.bytes.toString('utf8')) as {
    tapline: { rule: string; capture: string; summary: { count: number } };
  };
  return [{ rule: tapline.rule, capture: tapline.capture, count: tapline.summary.count }];
}

function addUp(all: readonly StoredLeftOut[]): StoredLeftOut[] {
  const sums = new Map<string, StoredLeftOut>();
  for (const one of all) {
    const key = `${one.capture} ${one.rule}`;
    sums.set(key, { ...one, count: one.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}
