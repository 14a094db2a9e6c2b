import * as path from 'node:path';
import { statSync } from 'node:fs';
import test from 'ava';
import { DeadLetters } from '../../../src/sinks/delivery/dead-letters.ts';
import { makeDataDir } from '../../support/process.ts';
import { recordOf } from '../../support/records.ts';

const STREAM = { run: 'r', thread: 0 };
const refusal = {
  type: 'mapper_parsing_exception',
  reason: 'failed to parse field [a]',
  status: 400,
  tries: 1,
};
const letter = (sequence: number) => ({ record: recordOf(sequence), refusal });

async function open(t: Parameters<typeof makeDataDir>[0], maxBytes = 1e6) {
  const file = path.join(await makeDataDir(t), 'dead-letters.sqlite');
  const letters = DeadLetters.open(file, { maxBytes });
  t.teardown(() => letters.close());
  return { file, letters };
}

test('a letter has the record, the reason, and outlives the process', async (t) => {
  const { file, letters } = await open(t);
  letters.add('elasticsearch', STREAM, [letter(1), letter(2)], 5);
  letters.close();
  t.is(statSync(file).mode & 0o777, 0o600);
  const again = DeadLetters.open(file, { maxBytes: 1e6 });
  t.teardown(() => again.close());
  const [first] = [...again.list()];
  t.like(first, { sink: 'elasticsearch', sequence: 1, run: 'r', thread: 0, ...refusal, refusedMs: 5 });
  t.deepEqual(again.document('elasticsearch', first!.id), recordOf(1).bytes);
  t.is(again.bytes, recordOf(1).bytes.length + recordOf(2).bytes.length);
});

test('beyond the bound the oldest lose their documents and stay named', async (t) => {
  const { letters } = await open(t, recordOf(1).bytes.length * 2 + 10);
  for (let sequence = 1; sequence <= 5; sequence++) letters.add('a', STREAM, [letter(sequence)], sequence);
  t.deepEqual(
    [...letters.list()].map(({ sequence, documentBytes }) => [sequence, documentBytes !== null]),
    [
      [1, false],
      [2, false],
      [3, false],
      [4, true],
      [5, true],
    ],
  );
  t.is(letters.requeue({}), 2, 'only what has a document can be sent again');
});

test('requeue, delivered and drop take what is selected, by sink and by id', async (t) => {
  const { letters } = await open(t);
  letters.add('a', STREAM, [letter(1), letter(2), letter(3)], 1);
  letters.add('b', STREAM, [letter(1)], 1);
  t.is(letters.requeue({ sink: 'a', ids: [recordOf(1).id, recordOf(2).id] }), 2);
  t.deepEqual(
    letters.requeued('a', 10).map(({ record }) => record.sequence),
    [1, 2],
  );
  t.deepEqual(letters.requeued('a', 10)[0]!.record, recordOf(1));
  t.deepEqual(letters.requeued('b', 10), []);
  letters.delivered('a', [recordOf(1).id]);
  t.is(letters.drop({ sink: 'a' }, 9), 2);
  t.deepEqual(letters.givenUp('a'), [
    { sink: 'a', run: 'r', thread: 0, first: 2, last: 3, count: 2, reason: 'dead letter dropped' },
  ]);
  t.deepEqual(
    [...letters.list()].map(({ sink }) => sink),
    ['b'],
  );
});

test('another process sees what was written, and this one that the other has', async (t) => {
  const { file, letters } = await open(t);
  letters.add('a', STREAM, [letter(1)], 1);
  const before = letters.version;
  const other = DeadLetters.open(file, { maxBytes: 1e6 });
  t.teardown(() => other.close());
  t.is(other.requeue({}), 1);
  t.not(letters.version, before);
  t.is(letters.requeued('a', 10).length, 1);
});

test('letters that the disk did not take are not counted', async (t) => {
  const { letters } = await open(t);
  const broken = { record: recordOf(2), refusal: { ...refusal, reason: null as unknown as string } };
  t.throws(() => letters.add('a', STREAM, [letter(1), broken], 1));
  t.is(letters.bytes, 0);
  t.deepEqual([...letters.list()], []);
});
