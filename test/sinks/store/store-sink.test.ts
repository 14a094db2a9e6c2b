import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { RecordDocument } from '../../../src/records/record-document.ts';
import type { ItemResult } from '../../../src/sinks/sink.ts';
import { StoreSink } from '../../../src/sinks/store/store-sink.ts';
import { parseQuery } from '../../../src/store/query.ts';
import { RecordStore } from '../../../src/store/record-store.ts';
import { makeDataDir } from '../../support/process.ts';
import { quiet, recordOf } from '../../support/records.ts';

/** What becomes of records in one batch, and the documents that the store has then. */
async function send(
  t: ExecutionContext,
  records: readonly RecordDocument[],
): Promise<{ items: readonly ItemResult[]; stored: string[] }> {
  const file = path.join(await makeDataDir(t), 'store.sqlite');
  const sink = new StoreSink({ file, log: quiet, maxBytes: 1e9, maxAgeMs: 1e9 });
  await sink.start();
  const stream = { run: 'r', thread: 0 };
  const place = { segment: 1, offset: 100 };
  const result = await sink.send({ stream, records, bytes: 1000, place, tries: 1, mayBeStoredSince: null });
  t.deepEqual(sink.ownPlaces.acknowledged(stream), place);
  await sink.stop();
  const store = RecordStore.open(file, { isReadOnly: true });
  const stored = [...store.query(parseQuery(''), { limit: 100, order: 'oldest' })].map((row) => row.document);
  store.close();
  if (result.kind !== 'answered') throw new Error(result.kind);
  return { items: result.items, stored };
}

test('a document is stored whatever a script has made of it', async (t) => {
  const texts = ['{"message":"without an event"}', 'no json', 'null'];
  const odd = texts.map((text, index) => ({ ...recordOf(index + 1), bytes: Buffer.from(text) }));
  const { items, stored } = await send(t, [...odd, recordOf(4)]);
  t.deepEqual(
    items.map(({ kind }) => kind),
    ['delivered', 'delivered', 'delivered', 'delivered'],
  );
  t.deepEqual(stored.slice(0, 3), texts);
});

test('a record that no block can hold is refused, and holds up none beside it', async (t) => {
  const odd = [
    { ...recordOf(2), id: 'two\nlines' },
    { ...recordOf(3), timestampMs: Number.NaN },
    { ...recordOf(4), sequence: 1.5 },
    { ...recordOf(5), sourceBytes: Infinity },
  ];
  const { items, stored } = await send(t, [recordOf(1), ...odd, recordOf(6)]);
  t.deepEqual(
    items.map(({ kind }) => kind),
    ['delivered', 'refused', 'refused', 'refused', 'refused', 'delivered'],
  );
  t.is(stored.length, 2);
  t.false(JSON.stringify(items).includes('lines'));
});
