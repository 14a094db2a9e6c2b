import test from 'ava';
import { TurnQueue } from '../../../src/admin/record-reader/turn-queue.ts';
import type { Turns } from '../../../src/admin/record-reader/turn.ts';

/** A question that takes so many turns and notes each. */
function* counting(name: string, turns: number, notes: string[]): Turns<string> {
  for (let turn = 1; turn < turns; turn++) {
    notes.push(name);
    yield 'go-on';
  }
  notes.push(name);
  return name;
}

/** Resolves with what became of a question. */
function add(queue: TurnQueue, id: number, turns: Turns<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    queue.add({ id, turns, onDone: resolve, onError: reject });
  });
}

test('questions take turns, and messages come in between', async (t) => {
  const queue = new TurnQueue(() => 0);
  const notes: string[] = [];
  const long = add(queue, 1, counting('long', 4, notes));
  setImmediate(() => notes.push('message'));
  t.is(await add(queue, 2, counting('short', 2, notes)), 'short');
  t.is(await long, 'long');
  t.deepEqual(
    notes.filter((note) => note !== 'message'),
    ['long', 'short', 'long', 'short', 'long', 'long'],
  );
  t.true(notes.indexOf('message') < notes.length - 1);
});

test('one that fails ends alone, and one that is cancelled takes no more turns', async (t) => {
  const queue = new TurnQueue(() => 0);
  const notes: string[] = [];
  const failing = add(
    queue,
    1,
    (function* (): Turns<never> {
      yield 'go-on';
      throw new Error('broken');
    })(),
  );
  void add(queue, 2, counting('cancelled', 1000, notes));
  const other = add(queue, 3, counting('other', 3, notes));
  await t.throwsAsync(failing, { message: 'broken' });
  queue.cancel(2);
  const before = notes.filter((note) => note === 'cancelled').length;
  t.is(await other, 'other');
  await add(queue, 4, counting('last', 3, notes));
  t.is(notes.filter((note) => note === 'cancelled').length, before);
});

test('who waits for new rows goes on when they are there, when the time is over, or when nobody can tell', async (t) => {
  let lastRow: number | null = 5;
  const queue = new TurnQueue(() => {
    if (lastRow === null) throw new Error('cannot tell');
    return lastRow;
  });
  function* waiting(afterRow: number, waitMs: number): Turns<string> {
    yield { afterRow, untilMs: performance.now() + waitMs };
    return 'woken';
  }
  t.is(await add(queue, 1, waiting(5, 10)), 'woken', 'the time is over');
  const [near, far] = [add(queue, 2, waiting(5, 60_000)), add(queue, 3, waiting(6, 60_000))];
  void add(queue, 4, waiting(6, 60_000)).then(() => t.fail('it was cancelled'));
  lastRow = 6;
  t.is(await near, 'woken');
  queue.cancel(4);
  lastRow = null;
  t.is(await far, 'woken');
  queue.stop();
});
