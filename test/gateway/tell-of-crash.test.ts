import test from 'ava';
import { tellOfCrash } from '../../src/gateway/tell-of-crash.ts';
import { RunLedger } from '../../src/spool/run-ledger.ts';
import { makeDataDir } from '../support/process.ts';

const TOTALS = {
  connections: 0,
  refusedConnections: 0,
  receivedBytes: 0,
  sentBytes: 0,
  discardedBytes: 0,
};

test('a run that ended without a word is told of, until another one has ended in order', async (t) => {
  const folder = await makeDataDir(t);
  const told: string[] = [];
  const tell = (): readonly string[] => {
    told.length = 0;
    tellOfCrash(folder, { write: (level, message) => told.push(`${level} ${message}`) });
    return told;
  };
  t.deepEqual(tell(), [], 'the first run');

  const idle = new RunLedger(folder, 'idle', 0, 1000);
  idle.noteTotals({ ...TOTALS, connections: 1 });
  t.deepEqual(tell(), [], 'a run without an exchange has nothing to lose');

  new RunLedger(folder, 'torn', 0, 2000).nextSequence();
  t.regex(
    tell()[0]!,
    /^warn \[gateway\] the run before ended without a word \(last heard of \d{4}-.*tapline verify/,
  );
  t.is(told.length, 1);

  const whole = new RunLedger(folder, 'whole', 0, 3000);
  whole.nextSequence();
  whole.close(TOTALS);
  t.deepEqual(tell(), [], 'told once, by the run after it');
});
