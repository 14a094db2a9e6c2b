import * as fs from 'node:fs';
import * as path from 'node:path';

/** Sequence numbers that are promised to disk ahead of their use. */
const LEASE = 1000;

/** Bytes and connections as the sockets counted them. */
export interface LedgerTotals {
  readonly connections: number;
  readonly refusedConnections: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly discardedBytes: number;
}

/** What is on disk of one run and data thread. */
export interface LedgerEntry {
  readonly run: string;
  readonly thread: number;
  readonly startedMs: number;
  /** When it was last written. */
  readonly notedMs: number;
  /** No sequence number above it was given out. */
  readonly leasedTo: number;
  /** The last sequence number, where the run ended in order; otherwise null. */
  readonly lastSequence: number | null;
  readonly totals: LedgerTotals;
  /** False where the run had no embedded store: then only its other sinks hold its records. */
  readonly hasStore?: boolean;
  /** Losses before any sink, as the gap records tell them; the oldest are merged beyond a bound. */
  readonly gaps?: readonly LedgerGap[];
}

/** Sequence numbers that were given out and lost. */
export interface LedgerGap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** Gaps that an entry names one by one. */
const MAX_GAPS = 1000;

const NO_TOTALS: LedgerTotals = {
  connections: 0,
  refusedConnections: 0,
  receivedBytes: 0,
  sentBytes: 0,
  discardedBytes: 0,
};

/**
 * The book of one run and data thread: gives out sequence numbers, leased on disk in blocks, and keeps what the sockets counted,
 * so that after a crash it is known how much can be missing (design 6).
 */
export class RunLedger {
  readonly #file: string;
  readonly #run: string;
  readonly #thread: number;
  readonly #startedMs: number;
  #last = 0;
  #leasedTo = 0;
  #totals: LedgerTotals = NO_TOTALS;
  #isClosed = false;
  readonly #hasStore: boolean;
  #gaps: readonly LedgerGap[] = [];

  /** @param nowMs wall clock */
  constructor(
    folder: string,
    run: string,
    thread: number,
    nowMs: number,
    { hasStore = true }: { hasStore?: boolean } = {},
  ) {
    this.#hasStore = hasStore;
    this.#file = path.join(folder, `${run}.${thread}.json`);
    this.#run = run;
    this.#thread = thread;
    this.#startedMs = nowMs;
    this.#save(nowMs);
  }

  /** The next number, from 1. Never fails: where the lease cannot be written, `verify` will know less. */
  nextSequence(): number {
    if (++this.#last > this.#leasedTo) {
      this.#leasedTo = this.#last + LEASE - 1;
      this.#save(Date.now());
    }
    return this.#last;
  }

  /**
   * As many numbers as `count` may be given out before the next look at the disk: after a crash, exchanges that were under way and have no number yet
   * are within the bound of what may be missing.
   */
  expect(count: number): void {
    if (this.#last + count <= this.#leasedTo) return;
    this.#leasedTo = this.#last + count - 1 + LEASE;
    this.#save(Date.now());
  }

  /** Records were lost; a gap record tells the sinks, this tells `verify` where no store keeps it. */
  noteGap(gap: LedgerGap): void {
    this.#gaps = withGap(this.#gaps, gap);
    this.#save(Date.now());
  }

  noteTotals(totals: LedgerTotals): void {
    const { connections, refusedConnections, receivedBytes, sentBytes, discardedBytes } = totals;
    const before = this.#totals;
    if (
      before.connections === connections &&
      before.refusedConnections === refusedConnections &&
      before.receivedBytes === receivedBytes &&
      before.sentBytes === sentBytes
    )
      return;
    this.#totals = { connections, refusedConnections, receivedBytes, sentBytes, discardedBytes };
    this.#save(Date.now());
  }

  /** The run ended in order: nothing above the last number was given out. */
  close(totals: LedgerTotals): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#totals = { ...totals };
    this.#save(Date.now());
  }

  #save(nowMs: number): void {
    const entry: LedgerEntry = {
      run: this.#run,
      thread: this.#thread,
      startedMs: this.#startedMs,
      notedMs: nowMs,
      leasedTo: this.#leasedTo,
      lastSequence: this.#isClosed ? this.#last : null,
      hasStore: this.#hasStore,
      gaps: this.#gaps,
      totals: {
        connections: this.#totals.connections,
        refusedConnections: this.#totals.refusedConnections,
        receivedBytes: this.#totals.receivedBytes,
        sentBytes: this.#totals.sentBytes,
        discardedBytes: this.#totals.discardedBytes,
      },
    };
    try {
      replace(this.#file, entry);
    } catch {
      // A full or vanished disk must not stop traffic; the spool tells of it and records the loss.
    }
  }
}

function withGap(gaps: readonly LedgerGap[], { from, to, reason }: LedgerGap): readonly LedgerGap[] {
  const all = [...gaps, { from, to, reason }];
  if (all.length <= MAX_GAPS) return all;
  const [first, second, ...rest] = all as [LedgerGap, LedgerGap, ...LedgerGap[]];
  // What lies between was recorded: the entry errs on the side of telling too much.
  return [{ from: first.from, to: second.to, reason: second.reason }, ...rest];
}

/** Tells the entry of a run that is over of a loss that was found later: damage in its segments. The same loss is noted once. Never throws. */
export function noteLoss(
  folder: string,
  { run, thread }: Pick<LedgerEntry, 'run' | 'thread'>,
  gap: LedgerGap,
): void {
  const file = path.join(folder, `${run}.${thread}.json`);
  try {
    const entry = JSON.parse(fs.readFileSync(file, 'utf8')) as LedgerEntry;
    const gaps = entry.gaps ?? [];
    if (gap.to < gap.from || gaps.some(({ from, to }) => from <= gap.from && gap.to <= to)) return;
    replace(file, { ...entry, gaps: withGap(gaps, gap) });
  } catch {
    // Its gap record tells every sink, and the log told of it.
  }
}

/** Written whole beside the old one and renamed: a crash leaves one or the other. */
function replace(file: string, entry: LedgerEntry): void {
  const next = `${file}.next`;
  fs.writeFileSync(next, JSON.stringify(entry), { mode: 0o600 });
  fs.renameSync(next, file);
}

/** All entries of a ledger folder, oldest run first. `onUnreadable` gets the files that tell nothing. */
export function readLedger(folder: string, onUnreadable: (file: string) => void = () => {}): LedgerEntry[] {
  let files: string[];
  try {
    files = fs.readdirSync(folder);
  } catch {
    return [];
  }
  const entries: LedgerEntry[] = [];
  for (const file of files) {
    if (!file.endsWith('.json')) continue;
    try {
      entries.push(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as LedgerEntry);
    } catch {
      onUnreadable(path.join(folder, file));
    }
  }
  return entries.sort((left, right) => left.startedMs - right.startedMs || left.thread - right.thread);
}
