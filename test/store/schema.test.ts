import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { parseQuery } from '../../src/store/query.ts';
import { RecordStore } from '../../src/store/record-store.ts';
import { gapOf, recordOf } from '../support/records.ts';

const gap = { from: 5, to: 6, count: 2, reason: 'spool-full', sourceBytes: 7, destinationBytes: 8 };

/** A store as gateways of the first schema left it: a row for each record. */
function oldStore(
  t: ExecutionContext,
  count: number,
  oddDocuments: Readonly<Record<number, string>> = {},
): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-schema-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'store.sqlite');
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
    CREATE TABLE records (
      rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL, thread INTEGER NOT NULL, sequence INTEGER NOT NULL,
      kind TEXT NOT NULL, timestamp_ms REAL NOT NULL, method TEXT, source_bytes REAL NOT NULL, destination_bytes REAL NOT NULL,
      document TEXT NOT NULL
    );
    CREATE INDEX records_by_time ON records (timestamp_ms);
    CREATE VIRTUAL TABLE search USING fts5 (request_body, content = '', contentless_delete = 1);
    CREATE TABLE places (run TEXT, thread INTEGER, segment INTEGER, offset INTEGER, PRIMARY KEY (run, thread));
    CREATE TABLE expired (
      run TEXT, thread INTEGER, through INTEGER, records INTEGER, source_bytes REAL, destination_bytes REAL,
      PRIMARY KEY (run, thread)
    );
    INSERT INTO places VALUES ('r', 0, 4, 321);
    INSERT INTO expired VALUES ('r', 0, 2, 2, 20, 40);
    PRAGMA user_version = 1;
  `);
  const insert = database.prepare('INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)');
  for (let sequence = 3; sequence < 3 + count; sequence++) {
    const record = sequence === 4 ? gapOf(gap, 4) : recordOf(sequence);
    insert.run(
      record.id,
      'r',
      sequence % 5 === 0 ? 1 : 0,
      sequence,
      sequence === 4 ? 'gap' : 'exchange',
      record.timestampMs,
      record.sourceBytes,
      record.destinationBytes,
      oddDocuments[sequence] ?? record.bytes.toString(),
    );
  }
  database.close();
  return file;
}

const sequencesOf = (store: RecordStore, query: string): number[] =>
  [...store.query(parseQuery(query), { limit: 10_000, order: 'oldest' })].map(
    ({ document }) => (JSON.parse(document) as { event: { sequence: number } }).event.sequence,
  );

test('a store of the first schema is converted when it is opened for writing', (t) => {
  const file = oldStore(t, 40);
  t.throws(() => RecordStore.open(file, { isReadOnly: true }), {
    message: /older version.*start the gateway/,
  });
  for (let time = 0; time < 2; time++) {
    const store = RecordStore.open(file);
    t.deepEqual(
      sequencesOf(store, ''),
      Array.from({ length: 40 }, (_, index) => index + 3),
    );
    t.deepEqual(sequencesOf(store, 'path:/p/7 body:number'), [7]);
    t.deepEqual({ ...store.place('r', 0)! }, { segment: 4, offset: 321 });
    t.deepEqual(store.gaps('r', 0), [{ from: 5, to: 6, reason: 'spool-full' }]);
    const [first, second] = store.streams();
    t.is(first!.records + second!.records, 40);
    t.is(first!.expiredThrough, 2);
    t.is(first!.sourceBytes, 20 + 31 * 10 + 7);
    store.close();
  }
  const database = new DatabaseSync(file);
  t.deepEqual(
    database
      .prepare("SELECT name FROM sqlite_schema WHERE name IN ('records', 'search') OR name LIKE 'search_%'")
      .all(),
    [],
  );
  database.close();
});

test('a conversion that was cut off is gone on with', (t) => {
  const file = oldStore(t, 2500);
  const crash = new DatabaseSync(file);
  crash.exec(
    `CREATE TRIGGER crash BEFORE DELETE ON records WHEN OLD.sequence = 1800 BEGIN SELECT RAISE(ABORT, 'crash'); END`,
  );
  crash.close();
  t.throws(() => RecordStore.open(file), { message: /crash/ });
  const mended = new DatabaseSync(file);
  const left = mended.prepare('SELECT count(*) AS count FROM records').get() as { count: number };
  t.true(left.count > 0 && left.count < 2500);
  t.throws(
    () => RecordStore.open(file, { isReadOnly: true }),
    { message: /not all converted.*wait for the gateway/ },
    'what is half there does not read as whole',
  );
  mended.exec('DROP TRIGGER crash');
  mended.close();
  const store = RecordStore.open(file);
  t.deepEqual(
    sequencesOf(store, ''),
    Array.from({ length: 2500 }, (_, index) => index + 3),
  );
  store.close();
  RecordStore.open(file, { isReadOnly: true }).close();
});

test('records of scripts do not keep a store from being converted, whatever they are', (t) => {
  const odd = { 10: '{"message":"without an event"}', 11: 'no json', 12: 'null', 13: '[{"event":5}]' };
  const file = oldStore(t, 40, odd);
  const store = RecordStore.open(file);
  const documents = [...store.query(parseQuery(''), { limit: 100, order: 'oldest' })];
  t.deepEqual(
    documents.slice(7, 11).map(({ document }) => document),
    Object.values(odd),
  );
  t.is(documents.length, 40);
  store.close();
});

test('a store of a newer version is left alone', (t) => {
  const file = oldStore(t, 1);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  t.throws(() => RecordStore.open(file), { message: /newer version/ });
});
