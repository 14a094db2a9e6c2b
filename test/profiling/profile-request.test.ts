import test from 'ava';
import { readProfileRequest, SNAPSHOT_REFUSAL } from '../../src/profiling/profile-request.ts';

const CPU = { kind: 'cpu', thread: null, seconds: 10, intervalMicroseconds: 1000 };

test('what is asked for in full is taken, and nothing else of it', (t) => {
  t.deepEqual(readProfileRequest({ ...CPU, command: 'profile', more: 1 }), CPU as never);
  const heap = { kind: 'heap', thread: 'data-0', seconds: 1, intervalBytes: 1024, isIncludingGarbage: true };
  t.deepEqual(readProfileRequest(heap), heap as never);
  t.deepEqual(readProfileRequest({ kind: 'snapshot', isIncludingContents: true }), {
    kind: 'snapshot',
    thread: null,
    isIncludingContents: true,
  });
});

test('what is out of bounds is refused in words', (t) => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{}, /expected cpu, heap or snapshot/],
    [{ kind: 'toString' }, /expected cpu, heap or snapshot/],
    [{ ...CPU, thread: 7 }, /thread: expected the name/],
    [{ ...CPU, seconds: 0 }, /seconds: expected a number from 1 to 600/],
    [{ ...CPU, seconds: '10' }, /seconds: expected a number/],
    [{ ...CPU, seconds: NaN }, /seconds: expected a number/],
    [{ ...CPU, intervalMicroseconds: 1 }, /intervalMicroseconds: expected a number from 50/],
    [{ ...CPU, seconds: 600, intervalMicroseconds: 100 }, /more than 1000000 samples/],
    [{ kind: 'heap', seconds: 1, intervalBytes: 1 }, /intervalBytes: expected a number from 1024/],
  ];
  for (const [fields, message] of cases) t.throws(() => readProfileRequest(fields), { message });
});

test('a snapshot needs a yes that is one, and says what is in it', (t) => {
  for (const isIncludingContents of [undefined, false, 'true', 1])
    t.throws(() => readProfileRequest({ kind: 'snapshot', isIncludingContents }), {
      message: SNAPSHOT_REFUSAL,
    });
  t.regex(SNAPSHOT_REFUSAL, /passwords[^]*--include-contents/);
});
