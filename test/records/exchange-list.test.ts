import test from 'ava';
import type { ConnectionFacts, Exchange } from '../../src/records/exchange.ts';
import { ExchangeList } from '../../src/records/exchange-list.ts';
import type { Recorder } from '../../src/records/recorder.ts';

test('a record that cannot be made is told to its connection, and to nobody above', (t) => {
  const due: (() => void)[] = [];
  const recorder = {
    exchange: () =>
      ({
        finish: () => {
          throw new Error('cannot be made');
        },
      }) as unknown as Exchange,
    afterWrites: (task: () => void) => due.push(task),
  } as unknown as Recorder;
  const list = new ExchangeList(recorder, {} as ConnectionFacts);
  const failures: unknown[] = [];
  list.onRecord = () => t.fail();
  list.onFailure = (error) => failures.push(error);
  const open = list.begin();
  open.isRequestDone = true;
  open.isResponseDone = true;
  list.settle();
  t.is(due.length, 1);
  due[0]!();
  t.is((failures[0] as Error).message, 'cannot be made');
});
