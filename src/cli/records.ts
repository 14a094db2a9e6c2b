import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Options } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Log } from '../core/ports.ts';
import { durationMs } from '../core/quantity.ts';
import { newDelivery, newStoreSink } from '../gateway/new-delivery.ts';
import { DataDirectory } from '../spool/data-directory.ts';
import { readLedger } from '../spool/run-ledger.ts';
import { parseQuery, type Query } from '../store/query.ts';
import { RecordStore, type StoredRow } from '../store/record-store.ts';
import { MetricRegistry } from '../telemetry/metric-registry.ts';
import { LineLog, wantsColour } from '../telemetry/log.ts';
import { readCommandOptions } from './command-options.ts';
import { EXIT } from './exit-codes.ts';
import { documentLine, tableHead } from './record-table.ts';
import { type Terminal, writeOut } from './terminal.ts';

const DEFAULT_LIMIT = 50;
const FOLLOW_INTERVAL_MS = 250;
/** How long records of a gateway that was killed may take from its spool into its store. */
const DRAIN_MS = 60_000;

/** `tapline records` */
export async function records(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { own, gateway } = readCommandOptions(
    argv,
    { follow: 'flag', json: 'flag', limit: 'text', query: 'text', since: 'text' },
    terminal,
  );
  const query = parseQuery(own.get('query') ?? '');
  const limit = readLimit(own.get('limit'));
  const sinceMs = readSince(own.get('since'), Date.now());
  const directory = DataDirectory.open(gateway.options.dataDir, { isReadOnly: true });
  if (!existsSync(directory.paths.store) && readLedger(directory.paths.ledger).at(-1)?.hasStore === false) {
    terminal.err.write(
      'tapline: the gateway of this data directory keeps no store (--store=off): look where its sinks deliver to\n',
    );
    return EXIT.failure;
  }
  const log = new LineLog(gateway.options.logLevel, terminal.err, wantsColour(terminal.err, terminal.env));
  await drainSpool(directory, gateway.options, log);
  const isJson = own.has('json');
  const hasColour = !isJson && wantsColour(terminal.out, terminal.env);
  const show = (row: StoredRow): string =>
    isJson
      ? `${row.document}\n`
      : documentLine(row.document, { hasColour, width: terminal.out.columns ?? 0 });
  if (!isJson) await writeOut(terminal, tableHead({ hasColour }));
  let store = openStore(directory);
  let lastRowid = 0;
  if (store !== null) {
    lastRowid = store.lastRowid;
    for (const row of newestInOrder(store, query, limit, sinceMs)) await writeOut(terminal, show(row));
  }
  if (own.has('follow')) {
    const interrupted = Promise.withResolvers<void>();
    let isFollowing = true;
    const stop = (): void => {
      isFollowing = false;
      interrupted.resolve();
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    while (isFollowing) {
      await Promise.race([delay(FOLLOW_INTERVAL_MS), interrupted.promise]);
      store ??= openStore(directory);
      if (store === null) continue;
      const rows = [
        ...store.query(query, { limit: 10_000, afterRowid: lastRowid, sinceMs, order: 'oldest' }),
      ];
      for (const row of rows) await writeOut(terminal, show(row));
      // What did not match was looked at too, unless the limit cut the list.
      lastRowid = rows.length === 10_000 ? rows.at(-1)!.rowid : Math.max(lastRowid, rows.at(-1)?.rowid ?? 0);
    }
  }
  store?.close();
  return EXIT.ok;
}

/** What a killed gateway left in its spool is brought into the store, unless a gateway is running and does that itself. */
async function drainSpool(directory: DataDirectory, options: Options, log: Log): Promise<void> {
  if (directory.isInUse) return;
  let owned: DataDirectory;
  try {
    owned = DataDirectory.open(directory.path);
  } catch {
    // Read-only for us, or a gateway has started in this moment: what the store has can be shown all the same.
    return;
  }
  try {
    const delivery = newDelivery({
      directory: owned,
      options,
      log,
      metrics: new MetricRegistry(),
      sinks: [newStoreSink(owned, options, log)],
      // The spool may hold records for sinks that only the gateway knows of.
      isReleasing: false,
    });
    await delivery.start();
    const { left } = await delivery.stop(DRAIN_MS);
    if (left > 0)
      log.write('warn', `[records] ${left} bytes of the spool are not in the store yet and not shown`);
  } finally {
    owned.close();
  }
}

function openStore(directory: DataDirectory): RecordStore | null {
  return existsSync(directory.paths.store)
    ? RecordStore.open(directory.paths.store, { isReadOnly: true })
    : null;
}

function newestInOrder(store: RecordStore, query: Query, limit: number, sinceMs: number): StoredRow[] {
  return [...store.query(query, { limit, sinceMs })].reverse();
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--limit: expected a number of records, not ${text}`);
  return Number(text);
}

function readSince(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  const ago = /^\d+(\.\d+)?[a-z]+$/.test(text) ? durationMs(text) : null;
  const at = ago === null ? Date.parse(text) : nowMs - ago;
  if (Number.isNaN(at))
    throw new UsageError(
      `--since: expected a duration such as 10m or a time such as 2026-01-31T12:00:00Z, not ${text}`,
    );
  return at;
}
