import type { LedgerEntry } from '../../spool/run-ledger.ts';
import { backingIndices, NotAllowed } from './backing-indices.ts';
import type { ElasticsearchClient } from './client.ts';
import { missingPrivilege } from './missing-privilege.ts';
import type { ServerFacts } from './server.ts';
import { plainReason, serverError } from './server-error.ts';

/** Sequence numbers counted in one request: so many buckets a server gives without truncating. */
const NUMBERS_AT_A_TIME = 10_000;
const HITS_AT_A_TIME = 1000;

/** Numbers from `from` to `to`, both included. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** What the gateway's own disk knows of records that Elasticsearch does not hold. */
export interface LocalKnowledge {
  /** Whether the record waits in the spool for this sink. */
  isWaiting(run: string, thread: number, sequence: number): boolean;
  /** Why it became a dead letter; null where it is none. */
  deadLetter(run: string, thread: number, sequence: number): string | null;
  /** The highest number that the sink has answered for, where that is known: what was given out went at least so far. */
  lastAnswered?(run: string, thread: number): number;
  /** Losses told by gap records that wait in the spool. */
  waitingGaps(run: string, thread: number): readonly (SequenceRange & { readonly reason: string })[];
}

/** What Elasticsearch holds of one run and data thread, against what the ledger says it should. */
export interface StreamReport {
  readonly run: string;
  readonly thread: number;
  readonly startedMs: number;
  /** When the run was last heard of. */
  readonly notedMs: number;
  readonly isCleanEnd: boolean;
  readonly isRunning: boolean;
  /** Different sequence numbers that are held. */
  readonly held: number;
  /** Numbers that are nowhere. */
  readonly missing: readonly SequenceRange[];
  readonly twice: readonly {
    readonly sequence: number;
    readonly copies: readonly { readonly id: string; readonly index: string }[];
  }[];
  readonly waiting: readonly SequenceRange[];
  readonly deadLetters: readonly (SequenceRange & { readonly reason: string })[];
  readonly inFailureStore: readonly { readonly sequence: number; readonly reason: string }[];
  /** Losses that the gateway itself has recorded. */
  readonly lost: readonly (SequenceRange & { readonly reason: string })[];
  /** Numbers before the first that is held, from a time before the oldest index that is left. */
  readonly expired: number;
  /** After a crash: numbers that may have been given out. */
  readonly unaccountedAtMost: number;
}

export interface ElasticsearchReport {
  readonly isComplete: boolean;
  readonly stream: string;
  readonly server: string;
  readonly held: number;
  readonly runs: readonly StreamReport[];
  /** What could not be asked, and what that means. */
  readonly notes: readonly string[];
}

/**
 * Counts, for every run and data thread of a ledger, each sequence number in Elasticsearch. Every number is looked at, not only totals: a
 * total is right where one record is missing and another is there twice. Throws where the server cannot be asked or answers in part.
 */
export async function verifyElasticsearch({
  client,
  server,
  stream,
  ledger,
  runningRun,
  local,
}: {
  readonly client: ElasticsearchClient;
  readonly server: ServerFacts;
  readonly stream: string;
  readonly ledger: readonly LedgerEntry[];
  readonly runningRun: string | null;
  readonly local: LocalKnowledge;
}): Promise<ElasticsearchReport> {
  const asker = new Asker(client, stream);
  const notes: string[] = [];
  const indices = await backingIndices(client, stream);
  if (indices === null)
    notes.push(`there is no data stream ${stream}: nothing was delivered, or everything has expired`);
  else if (!(await asker.refresh()))
    notes.push(
      `could not refresh ${stream} (privilege maintenance): what came in the last seconds may count as missing`,
    );
  const diverted =
    indices === null || !server.has.failureStore ? new Map<string, never>() : await asker.failureStore(notes);
  const oldestMs = indices === null ? null : await asker.expiryBorderMs(indices.names[0]!);
  const runs: StreamReport[] = [];
  for (const entry of ledger)
    runs.push(
      await account(
        entry,
        indices === null ? null : asker,
        local,
        diverted.get(keyOf(entry)) ?? new Map<number, string>(),
        oldestMs,
        entry.run === runningRun,
      ),
    );
  return {
    isComplete: runs.every(isStreamComplete),
    stream,
    server: server.name,
    held: runs.reduce((sum, { held }) => sum + held, 0),
    runs,
    notes,
  };
}

/** What waits is not there yet, and what has expired is not there any more: neither is a hole. */
export function isStreamComplete(run: StreamReport): boolean {
  return (
    run.missing.length === 0 &&
    run.twice.length === 0 &&
    run.deadLetters.length === 0 &&
    run.inFailureStore.length === 0 &&
    run.lost.length === 0 &&
    run.unaccountedAtMost === 0
  );
}

async function account(
  entry: LedgerEntry,
  asker: Asker | null,
  local: LocalKnowledge,
  diverted: ReadonlyMap<number, string>,
  expiryBorderMs: number | null,
  isRunning: boolean,
): Promise<StreamReport> {
  const { run, thread, startedMs, notedMs, leasedTo, lastSequence } = entry;
  const lost = [...(asker === null ? [] : await asker.gaps(run, thread)), ...local.waitingGaps(run, thread)];
  const missing = new Ranges<null>();
  const waiting = new Ranges<null>();
  const deadLetters = new Ranges<string>();
  const inFailureStore: { sequence: number; reason: string }[] = [];
  const doubled: number[] = [];
  let held = 0;
  let firstHeld = 0;
  let lastKnown = 0;
  for (let from = 1; from <= (lastSequence ?? leasedTo); from += NUMBERS_AT_A_TIME) {
    const to = Math.min(from + NUMBERS_AT_A_TIME - 1, lastSequence ?? leasedTo);
    const counts = asker === null ? new Map<number, number>() : await asker.counts(run, thread, from, to);
    for (let sequence = from; sequence <= to; sequence++) {
      const count = counts.get(sequence) ?? 0;
      if (count > 0) {
        held++;
        if (firstHeld === 0) firstHeld = sequence;
        if (count > 1) doubled.push(sequence);
      } else {
        const dead = local.deadLetter(run, thread, sequence);
        const reason = diverted.get(sequence);
        if (reason !== undefined) inFailureStore.push({ sequence, reason });
        else if (dead !== null) deadLetters.add(sequence, dead);
        else if (local.isWaiting(run, thread, sequence)) waiting.add(sequence, null);
        else {
          if (!lost.some((gap) => gap.from <= sequence && sequence <= gap.to)) missing.add(sequence, null);
          continue;
        }
      }
      lastKnown = sequence;
    }
  }
  const isCleanEnd = lastSequence !== null;
  lastKnown = Math.max(lastKnown, local.lastAnswered?.(run, thread) ?? 0);
  // Beyond the last that is known of a run without an end, numbers may never have been given out.
  const nowhere = isCleanEnd ? missing.list : upTo(missing.list, lastKnown);
  const hasExpired = expiryBorderMs !== null && startedMs < expiryBorderMs;
  const expiredTo = hasExpired
    ? firstHeld > 0
      ? firstHeld - 1
      : notedMs < expiryBorderMs
        ? Infinity
        : 0
    : 0;
  const expired = upTo(nowhere, expiredTo).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return {
    run,
    thread,
    startedMs,
    notedMs,
    isCleanEnd,
    isRunning,
    held,
    missing: after(nowhere, expiredTo),
    twice: asker === null ? [] : await asker.copies(run, thread, doubled),
    waiting: waiting.list.map(({ from, to }) => ({ from, to })),
    deadLetters: deadLetters.list.map(({ from, to, note }) => ({ from, to, reason: note })),
    inFailureStore,
    lost,
    expired,
    unaccountedAtMost: isCleanEnd || isRunning ? 0 : Math.max(0, leasedTo - lastKnown),
  };
}

/** Numbers in rising order, kept as ranges of the same note. */
class Ranges<Note> {
  readonly list: { from: number; to: number; note: Note }[] = [];

  add(sequence: number, note: Note): void {
    const last = this.list.at(-1);
    if (last !== undefined && last.to === sequence - 1 && last.note === note) last.to = sequence;
    else this.list.push({ from: sequence, to: sequence, note });
  }
}

function upTo(ranges: readonly SequenceRange[], last: number): SequenceRange[] {
  return ranges.filter(({ from }) => from <= last).map(({ from, to }) => ({ from, to: Math.min(to, last) }));
}

function after(ranges: readonly SequenceRange[], last: number): SequenceRange[] {
  return ranges.filter(({ to }) => to > last).map(({ from, to }) => ({ from: Math.max(from, last + 1), to }));
}

function keyOf({ run, thread }: { run: string; thread: number }): string {
  return `${run}.${thread}`;
}

interface SearchAnswer {
  readonly timed_out?: boolean;
  readonly _shards?: { readonly failed?: number };
  readonly hits?: {
    readonly hits?: readonly {
      readonly _id: string;
      readonly _index: string;
      readonly _source?: unknown;
      readonly fields?: Readonly<Record<string, readonly unknown[]>>;
      readonly sort?: readonly unknown[];
    }[];
  };
  readonly aggregations?: {
    readonly sequences?: {
      readonly buckets: readonly { readonly key: number; readonly doc_count: number }[];
    };
  };
}

/** Asks one data stream. An answer that stands for a part of the shards only is an error. */
class Asker {
  readonly #client: ElasticsearchClient;
  readonly #stream: string;

  constructor(client: ElasticsearchClient, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  /** False where it is not allowed. */
  async refresh(): Promise<boolean> {
    const { status, url } = await this.#client.request({ method: 'POST', path: `/${this.#stream}/_refresh` });
    if (status === 403) return false;
    if (status !== 200) throw new Error(`${url} cannot refresh ${this.#stream} (${status})`);
    return true;
  }

  /** How often each number is held. */
  async counts(run: string, thread: number, from: number, to: number): Promise<Map<number, number>> {
    const { aggregations } = await this.#search(this.#stream, {
      size: 0,
      query: queryOf(run, thread, { range: { 'event.sequence': { gte: from, lte: to } } }),
      aggs: { sequences: { terms: { field: 'event.sequence', size: NUMBERS_AT_A_TIME } } },
    });
    return new Map(aggregations?.sequences?.buckets.map(({ key, doc_count: count }) => [key, count]));
  }

  async gaps(run: string, thread: number): Promise<(SequenceRange & { reason: string })[]> {
    const gaps: (SequenceRange & { reason: string })[] = [];
    for await (const { _source: source } of this.#all(this.#stream, ['event.sequence', '_index'], {
      query: queryOf(run, thread, { term: { 'tapline.kind': 'gap' } }),
      _source: ['tapline.gap'],
    })) {
      const { gap } = (source as { tapline: { gap: SequenceRange & { reason: string } } }).tapline;
      gaps.push({ from: gap.from, to: gap.to, reason: gap.reason });
    }
    return gaps;
  }

  /** The copies of numbers that are held more than once. */
  async copies(run: string, thread: number, sequences: readonly number[]): Promise<StreamReport['twice']> {
    const twice: { sequence: number; copies: { id: string; index: string }[] }[] = [];
    for (let at = 0; at < sequences.length; at += HITS_AT_A_TIME / 10) {
      const some = sequences.slice(at, at + HITS_AT_A_TIME / 10);
      const copies = new Map(some.map((sequence) => [sequence, [] as { id: string; index: string }[]]));
      for await (const { _id: id, _index: index, sort } of this.#all(
        this.#stream,
        ['event.sequence', '_index', 'event.id'],
        {
          query: queryOf(run, thread, { terms: { 'event.sequence': some } }),
          _source: false,
        },
      ))
        copies.get(Number(sort![0]))!.push({ id, index });
      for (const [sequence, found] of copies) twice.push({ sequence, copies: found });
    }
    return twice;
  }

  /** Sequence numbers in the failure store with the type of their error, by run and thread. */
  async failureStore(notes: string[]): Promise<Map<string, Map<number, string>>> {
    const found = new Map<string, Map<number, string>>();
    await this.#client.request({ method: 'POST', path: `/${this.#stream}::failures/_refresh` });
    try {
      for await (const { _source: source } of this.#all(
        `${this.#stream}::failures`,
        ['@timestamp', 'document.id'],
        {
          query: { match_all: {} },
          _source: [
            'error.type',
            'document.source.event.sequence',
            'document.source.tapline.run',
            'document.source.tapline.thread',
          ],
        },
      )) {
        const { document, error } = source as {
          document?: {
            source?: {
              event?: { sequence?: number };
              tapline?: { run?: { id?: string }; thread?: number };
            };
          };
          error?: { type?: string };
        };
        const { event, tapline } = document?.source ?? {};
        if (event?.sequence === undefined || tapline?.run?.id === undefined) continue;
        const key = keyOf({ run: tapline.run.id, thread: tapline.thread ?? 0 });
        const stream = found.get(key) ?? new Map<number, string>();
        stream.set(event.sequence, error?.type ?? 'no reason given');
        found.set(key, stream);
      }
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      notes.push(
        `could not look into the failure store, so what is there counts as missing: ${error.message}`,
      );
    }
    return found;
  }

  /** When the oldest index that is left was made, where older ones were deleted; null where none were. */
  async expiryBorderMs(oldest: string): Promise<number | null> {
    if (Number(/-(\d+)$/.exec(oldest)?.[1] ?? 1) <= 1) return null;
    const answer = await this.#client.request({
      method: 'GET',
      path: `/${oldest}/_settings/index.creation_date?flat_settings=true`,
    });
    if (answer.status !== 200) return null;
    const [index] = Object.values(
      JSON.parse(answer.body) as Record<string, { settings?: Record<string, string> }>,
    );
    const createdMs = Number(index?.settings?.['index.creation_date']);
    return Number.isFinite(createdMs) ? createdMs : null;
  }

  /** All hits, page by page. `order` must tell any two hits apart that the caller tells apart, or one hides at the end of a page. */
  async *#all(
    target: string,
    order: readonly string[],
    body: object,
  ): AsyncGenerator<NonNullable<NonNullable<SearchAnswer['hits']>['hits']>[number]> {
    const sort = order.map((field) =>
      field === '_index' ? { _index: 'asc' } : { [field]: { order: 'asc', unmapped_type: 'keyword' } },
    );
    let next: readonly unknown[] | null = null;
    for (;;) {
      const { hits } = await this.#search(target, {
        size: HITS_AT_A_TIME,
        ...body,
        sort,
        ...(next === null ? {} : { search_after: next }),
      });
      const page = hits?.hits ?? [];
      yield* page;
      if (page.length < HITS_AT_A_TIME) return;
      next = page.at(-1)!.sort!;
    }
  }

  async #search(target: string, body: object): Promise<SearchAnswer> {
    const answer = await this.#client.request({
      method: 'POST',
      path: `/${target}/_search?allow_partial_search_results=false`,
      body: { track_total_hits: false, ...body },
    });
    const error = serverError(answer.body);
    if (answer.status === 401 || answer.status === 403)
      throw new NotAllowed(missingPrivilege(error, `index privilege read on ${target}`));
    // A failure store that nothing was put into has no index yet.
    if (answer.status === 404) return {};
    if (answer.status !== 200)
      throw new Error(`${answer.url} cannot count records (${answer.status}): ${plainReason(error)}`);
    const parsed = JSON.parse(answer.body) as SearchAnswer;
    if (parsed.timed_out === true || (parsed._shards?.failed ?? 0) > 0)
      throw new Error(`${answer.url} counted only a part of ${target}; try again when the cluster is green`);
    return parsed;
  }
}

function queryOf(run: string, thread: number, more: object): object {
  return {
    bool: { filter: [{ term: { 'tapline.run.id': run } }, { term: { 'tapline.thread': thread } }, more] },
  };
}
