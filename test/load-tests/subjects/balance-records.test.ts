import test from 'ava';
import { balanceRecords, type RecordCounts } from '../../../load-tests/subjects/balance-records.ts';

const counts = (more: Partial<RecordCounts>): RecordCounts => ({
  expected: 100,
  made: 100,
  arrived: [],
  mayBeCut: 0,
  isVerified: true,
  ...more,
});

test('as many records as requests balance, wherever they have to be', (t) => {
  t.deepEqual(balanceRecords(counts({})), { expected: 100, found: 100, isBalanced: true });
  t.true(balanceRecords(counts({ arrived: [100, 100] })).isBalanced);
});

test('a sink that lacks one, or has one twice, is told of', (t) => {
  t.deepEqual(balanceRecords(counts({ arrived: [100, 99] })), {
    expected: 100,
    found: 99,
    isBalanced: false,
  });
  t.deepEqual(balanceRecords(counts({ arrived: [102, 99] })), {
    expected: 100,
    found: 102,
    isBalanced: false,
  });
});

test('one fewer than the application got never balances; more do where they were cut off', (t) => {
  t.false(balanceRecords(counts({ made: 99, mayBeCut: 50 })).isBalanced);
  t.true(balanceRecords(counts({ made: 150, mayBeCut: 50 })).isBalanced);
  t.false(balanceRecords(counts({ made: 151, mayBeCut: 50 })).isBalanced);
});

test('what verify does not vouch for does not balance', (t) => {
  t.false(balanceRecords(counts({ isVerified: false })).isBalanced);
});
