import { readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { PlaceBook, readPlaces } from '../../../src/sinks/delivery/place-book.ts';
import { makeDataDir } from '../../support/process.ts';

const entry = {
  run: 'r',
  thread: 0,
  acknowledged: { segment: 2, offset: 10 },
  lastSequence: 7,
  done: [{ from: { segment: 2, offset: 20 }, to: { segment: 2, offset: 30 } }],
  attempted: { segment: 2, epoch: 'index-1' },
};

test('what was saved is read; nothing half written is left', async (t) => {
  const folder = await makeDataDir(t);
  const file = path.join(folder, 'sink.json');
  const book = PlaceBook.open(file, t.fail);
  t.is(book.entry(entry), null);
  book.set(entry);
  await Promise.all([book.save(), book.save()]);
  t.deepEqual(readPlaces(file), [entry]);
  t.deepEqual(PlaceBook.open(file, t.fail).entry({ run: 'r', thread: 0 }), entry);
  t.deepEqual(readdirSync(folder), ['sink.json']);
  for (let thread = 1; thread <= 300; thread++) book.set({ ...entry, thread });
  book.keepOnly([entry]);
  await book.save();
  const kept = readPlaces(file).map(({ thread }) => thread);
  t.is(kept.length, 200);
  t.true(kept.includes(0) && kept.includes(300), 'what is in the spool, and the newest');
});

test('a book that cannot be read is told of, and delivery begins anew', async (t) => {
  const file = path.join(await makeDataDir(t), 'sink.json');
  writeFileSync(file, '{ broken');
  const told: string[] = [];
  t.is(PlaceBook.open(file, (message) => told.push(message)).entry(entry), null);
  t.regex(told[0]!, /sink\.json cannot be read .*all of the spool is sent again/);
});

test('a disk that does not take the book is told of once, and what was set is saved later', async (t) => {
  const folder = path.join(await makeDataDir(t), 'delivery');
  const file = path.join(folder, 'sink.json');
  const told: string[] = [];
  const book = PlaceBook.open(file, (message) => told.push(message));
  book.set(entry);
  await book.save();
  await book.save();
  t.is(told.length, 1);
  t.regex(told[0]!, /cannot write .*ENOENT/);
  mkdirSync(folder);
  await book.save();
  t.deepEqual(readPlaces(file), [entry]);
  rmSync(folder, { recursive: true });
});
