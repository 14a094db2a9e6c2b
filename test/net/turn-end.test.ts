import test from 'ava';
import { afterWrites, writeAtTurnEnd } from '../../src/net/turn-end.ts';

test.serial('writes come before what waits for them, and all of it in one turn', async (t) => {
  const order: string[] = [];
  afterWrites(() => order.push('record'));
  writeAtTurnEnd({ flush: () => order.push('first') });
  writeAtTurnEnd({ flush: () => order.push('second') });
  await Promise.resolve();
  t.deepEqual(order, []);
  await nextTurn();
  t.deepEqual(order, ['first', 'second', 'record']);
});

test.serial('what is asked for while a turn ends comes in the next', async (t) => {
  const order: string[] = [];
  writeAtTurnEnd({
    flush: () => {
      order.push('write');
      writeAtTurnEnd({ flush: () => order.push('later write') });
      afterWrites(() => order.push('later record'));
    },
  });
  afterWrites(() => order.push('record'));
  await nextTurn();
  await nextTurn();
  t.deepEqual(order, ['write', 'record', 'later write', 'later record']);
});

test.serial('one that fails takes nobody else with it', async (t) => {
  const order: string[] = [];
  const failures: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => failures.push(error));
  const fail = (): never => {
    throw new Error('meant to fail');
  };
  try {
    writeAtTurnEnd({ flush: fail });
    writeAtTurnEnd({ flush: () => order.push('write') });
    afterWrites(fail);
    afterWrites(() => order.push('record'));
    while (order.length < 2) await nextTurn();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
  t.deepEqual(order, ['write', 'record']);
  t.is(failures.length, 2);
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
