import test from 'ava';
import fc from 'fast-check';
import { newParcel, type Parcel } from '../../../src/sinks/delivery/parcel.ts';
import { settle } from '../../../src/sinks/delivery/settle.ts';
import type { ItemResult, SendResult } from '../../../src/sinks/sink.ts';
import { recordOf } from '../../support/records.ts';

const STREAM = { run: 'r', thread: 0 };
const CONTEXT = { nowMs: 1000, random: 0.5, maxTries: 3, epoch: 'index-1', refusedInARow: 0 };
const records = [1, 2, 3, 4].map((sequence) => recordOf(sequence));
const letters = { kind: 'letters', records, place: { segment: 1, offset: 0 } } as const;
const parcel = newParcel(STREAM, letters, null);

const item: fc.Arbitrary<ItemResult> = fc.oneof(
  fc.constant<ItemResult>({ kind: 'delivered' }),
  fc.constant<ItemResult>({ kind: 'duplicate' }),
  fc.constant<ItemResult>({ kind: 'diverted', reason: 'failure store' }),
  fc.boolean().map((isLimited): ItemResult => ({ kind: 'retry', reason: 'later', isLimited })),
  fc.constant<ItemResult>({ kind: 'blocked', reason: 'read-only' }),
  fc.constant<ItemResult>({ kind: 'refused', type: 'mapping', reason: 'no', status: 400 }),
);
const result: fc.Arbitrary<SendResult> = fc.oneof(
  fc.record({ kind: fc.constant('answered' as const), items: fc.array(item, { maxLength: 6 }) }),
  fc.record({
    kind: fc.constant('retry' as const),
    reason: fc.constant('down'),
    retryAfterMs: fc.option(fc.nat()),
    isAmbiguous: fc.boolean(),
    isOverload: fc.boolean(),
  }),
  fc.constant<SendResult>({ kind: 'too-large', reason: '413' }),
  fc.constant<SendResult>({ kind: 'refused', type: 'http', reason: '400', status: 400 }),
  fc.constant<SendResult>({ kind: 'paused', reason: '401' }),
);

test('whatever the answer, each record is taken, refused or sent again, once', (t) => {
  fc.assert(
    fc.property(
      result,
      fc.subarray([0, 1, 2, 3]),
      fc.option(fc.constant('index-0')),
      fc.nat({ max: 10 }),
      fc.option(fc.constantFrom(32_768, 4096, 0)),
      (answer, only, mayBeStoredSince, refusedInARow, bodyBytes) => {
        const sent: Parcel = { ...parcel, only, mayBeStoredSince, bodyBytes };
        const given = only.map((index) => records[index]!);
        const settled = settle(sent, given, answer, { ...CONTEXT, refusedInARow });
        const ends = [
          ...settled.taken.map(({ id }) => id),
          ...settled.refused.map(({ record }) => record.id),
          ...settled.again.flatMap((part) => part.only!.map((index) => records[index]!.id)),
        ].sort();
        const ids = given.map(({ id }) => id).sort();
        if (JSON.stringify(ends) !== JSON.stringify(ids)) throw new Error(`${ends.join()} for ${ids.join()}`);
        for (const { record, index } of settled.refused)
          if (given[index] !== record) throw new Error('index');
        // A mark that something may be stored is never lost.
        if (mayBeStoredSince !== null)
          for (const part of settled.again)
            if (part.mayBeStoredSince !== mayBeStoredSince) throw new Error('the mark is gone');
        if (answer.kind === 'retry' && answer.isAmbiguous && given.length > 0)
          if (settled.again[0]!.mayBeStoredSince === null) throw new Error('no mark');
      },
    ),
    { numRuns: 2000, includeErrorInReport: true },
  );
  t.pass();
});

test('an answer with fewer results than records is no success', (t) => {
  const settled = settle(parcel, records, { kind: 'answered', items: [{ kind: 'delivered' }] }, CONTEXT);
  t.deepEqual(settled.taken, []);
  t.like(settled.again[0], { mayBeStoredSince: 'index-1', failures: 1 });
  t.like(settled.event, { kind: 'failed', reason: 'the answer has 1 results for 4 records' });
});

test('an error that may be final is tried so often and no more; one that is not, without end', (t) => {
  const one = records.slice(0, 1);
  const answer = (isLimited: boolean): SendResult => ({
    kind: 'answered',
    items: [{ kind: 'retry', reason: 'fault', isLimited }],
  });
  let tried: Parcel = { ...parcel, only: [0] };
  for (let turn = 1; turn < CONTEXT.maxTries; turn++)
    [tried] = settle(tried, one, answer(true), CONTEXT).again as [Parcel];
  t.like(settle(tried, one, answer(true), CONTEXT).refused[0]!.refusal, { type: 'tries-used-up', tries: 3 });
  t.is(settle({ ...tried, failures: 500 }, one, answer(false), CONTEXT).again.length, 1);
});

test('a record alone that is too large has its bodies cut, less each time, and is refused last', (t) => {
  const sizes: (number | null)[] = [];
  let [one]: readonly Parcel[] = [{ ...parcel, only: [0] }];
  for (;;) {
    const settled = settle(one!, records.slice(0, 1), { kind: 'too-large', reason: '413' }, CONTEXT);
    if (settled.refused.length > 0) {
      t.like(settled.refused[0]!.refusal, { type: 'too-large', reason: '413' });
      break;
    }
    [one] = settled.again;
    sizes.push(one!.bodyBytes);
  }
  t.deepEqual(sizes, [32_768, 4096, 0]);
});

test('what a sink has rejected without saying which is counted, and nothing of it is sent again', (t) => {
  const items = records.map((): ItemResult => ({ kind: 'diverted', reason: 'partial success' }));
  const settled = settle(parcel, records, { kind: 'answered', items, rejected: 3 }, CONTEXT);
  t.is(settled.rejected, 3);
  t.is(settled.taken.length, 4);
  t.deepEqual(settled.again, []);
});
