import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import test from 'ava';
import { RunLedger } from '../../src/spool/run-ledger.ts';

test('exchanges under way are within the lease before they have a number', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-ledger-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const leasedTo = (): number => {
    const [file] = readdirSync(folder);
    return (JSON.parse(readFileSync(path.join(folder, file!), 'utf8')) as { leasedTo: number }).leasedTo;
  };
  const ledger = new RunLedger(folder, 'run', 0, 0);
  t.is(leasedTo(), 0);
  ledger.expect(1);
  const first = leasedTo();
  t.true(first >= 1);
  for (let index = 0; index < first; index++) ledger.nextSequence();
  // The lease is used up: what is expected now must be on disk before it has a number.
  t.is(leasedTo(), first);
  ledger.expect(50);
  t.true(leasedTo() >= first + 50);
  t.is(ledger.nextSequence(), first + 1);
});
