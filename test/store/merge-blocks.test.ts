import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { parseQuery } from '../../src/store/query.ts';
import { RecordStore } from '../../src/store/record-store.ts';
import { recordOf } from '../support/records.ts';

function newStore(t: ExecutionContext): { store: RecordStore; blocks: () => number[] } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-merge-'));
  const file = path.join(folder, 'store.sqlite');
  const store = RecordStore.open(file);
  t.teardown(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const blocks = (): number[] => {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('SELECT records FROM blocks ORDER BY last_row').all();
    database.close();
    return rows.map((row) => row['records'] as number);
  };
  return { store, blocks };
}

/** Batches of so many records each. */
function insert(store: RecordStore, sizes: readonly number[], from = 1, thread = 0): void {
  let sequence = from;
  for (const size of sizes) {
    const records = Array.from({ length: size }, () => recordOf(sequence++));
    store.insert(records, { run: 'r', thread, segment: 1, offset: sequence });
  }
}

const repeat = (times: number, size: number): number[] => Array.from({ length: times }, () => size);

const rowsOf = (store: RecordStore, query = ''): number[] =>
  [...store.query(parseQuery(query), { limit: 1e6, order: 'oldest' })].map(({ rowid }) => rowid);

test('many small blocks become one; records keep their rows, words, facts and numbers', (t) => {
  const { store, blocks } = newStore(t);
  insert(store, repeat(70, 1));
  const before = rowsOf(store);
  const [stream] = store.streams();
  store.merge();
  t.deepEqual(blocks(), [32, 32, 1, 1, 1, 1, 1, 1]);
  t.deepEqual(rowsOf(store), before);
  t.deepEqual(store.streams(), [stream]);
  t.deepEqual(rowsOf(store, 'path:/p/40 body:number status:200'), [40]);
  t.deepEqual(rowsOf(store, 'tag33'), [33]);
  insert(store, repeat(26, 1), 71);
  store.merge();
  t.deepEqual(blocks(), [32, 32, 32], 'what was left over goes with what came after');
  insert(store, [1], 5);
  t.is(rowsOf(store).length, 96, 'a record that is there already is known in a merged block too');
});

test('large blocks and other streams are left alone and divide', (t) => {
  const { store, blocks } = newStore(t);
  const few = repeat(20, 2);
  insert(store, few);
  insert(store, [100], 41);
  insert(store, few, 141);
  insert(store, few, 1, 1);
  store.merge();
  t.deepEqual(blocks(), [...few, 100, ...few, ...few]);
  insert(store, few, 41, 1);
  store.merge();
  t.deepEqual(blocks(), [...few, 100, ...few, 64, ...repeat(8, 2)]);
  t.is(rowsOf(store, 'body:number').length, 20 * 2 * 4 + 100);
});

test('more blocks than are looked at in one call are merged in several', (t) => {
  const { store, blocks } = newStore(t);
  insert(store, repeat(320, 1));
  store.merge();
  store.merge();
  t.deepEqual(blocks(), repeat(10, 32));
});

test('what packs to next to nothing does not become a block that unpacks to a flood', (t) => {
  const { store, blocks } = newStore(t);
  const content = 'a'.repeat(300 * 1024);
  for (let sequence = 1; sequence <= 64; sequence++) {
    // One that is larger than a block may be.
    const http = { response: { body: { content: sequence === 20 ? content.repeat(10) : content } } };
    store.insert([recordOf(sequence, { http })], { run: 'r', thread: 0, segment: 1, offset: sequence });
  }
  const before = rowsOf(store);
  store.merge();
  t.deepEqual(blocks().slice(0, 6), [6, 6, 6, 1, 1, 6]);
  t.true(Math.max(...blocks()) <= 6, blocks().join());
  t.deepEqual(rowsOf(store), before);
  t.is(rowsOf(store, 'path:/p/20').length, 1);
});
