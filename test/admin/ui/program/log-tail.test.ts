import test from 'ava';
import fc from 'fast-check';
import {
  EMPTY_TAIL,
  filteredLines,
  logLineOf,
  MAX_LOG_LINES,
  pollDelayMs,
  withAnswer,
} from '../../../../src/admin/ui/program/log-tail.ts';

test('a line has a time, a level and a text; what has not was printed', (t) => {
  t.deepEqual(logLineOf('2026-01-31 14:05:09 [warning] [listener] gone: x', 1), {
    number: 1,
    time: '2026-01-31 14:05:09',
    level: 'warning',
    text: '[listener] gone: x',
    isGap: false,
  });
  t.is(logLineOf('2026-01-31 14:05:09 [error] ', 1).text, '');
  t.is(logLineOf('  [info] indented', 1).level, null);
  t.is(logLineOf('[error] no time', 1).text, '[error] no time');
});

test('lines that were missed are told', (t) => {
  const first = withAnswer(EMPTY_TAIL, 'a\nb\n', 500);
  t.deepEqual(
    first.lines.map(({ text }) => text),
    ['a', 'b'],
    'what was before the page is not missed',
  );
  const second = withAnswer(first, 'c\n', 504);
  t.deepEqual(
    second.lines.map(({ text, isGap }) => [text, isGap]),
    [
      ['a', false],
      ['b', false],
      ['3 lines were missed.', true],
      ['c', false],
    ],
  );
});

test('a gateway that was started anew begins its count again', (t) => {
  const tail = withAnswer(withAnswer(EMPTY_TAIL, 'a\nb\n', 2), 'c\n', 1);
  t.deepEqual(
    tail.lines.map(({ text }) => text),
    ['a', 'b', 'The gateway was started anew.', 'c'],
  );
  t.is(tail.size, 1);
});

test('however the answers come, numbers rise by one, memory is bounded, and no line is lost or doubled', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 8 }), (amounts) => {
      let tail = EMPTY_TAIL;
      const all: string[] = [];
      for (const amount of amounts) {
        const fresh = Array.from({ length: amount }, (_, index) => `line ${all.length + index}`);
        all.push(...fresh);
        tail = withAnswer(tail, fresh.map((line) => `${line}\n`).join(''), all.length);
      }
      t.is(tail.size, all.length);
      t.deepEqual(
        tail.lines.map(({ text }) => text),
        all.slice(-MAX_LOG_LINES),
      );
      for (const [index, { number }] of tail.lines.entries())
        if (index > 0) t.is(number, tail.lines[index - 1]!.number + 1);
    }),
    { numRuns: 30 },
  );
});

test('an answer without news is the same tail', (t) => {
  const tail = withAnswer(EMPTY_TAIL, 'a\n', 1);
  t.is(withAnswer(tail, '', 1), tail);
});

test('levels and text filter; gaps are always shown', (t) => {
  const { lines } = withAnswer(
    withAnswer(EMPTY_TAIL, '2026-01-31 14:05:09 [info] Hello\nprinted\n', 2),
    '2026-01-31 14:05:09 [error] no\n',
    9,
  );
  const texts = (filter: Parameters<typeof filteredLines>[1]): string[] =>
    filteredLines(lines, filter).map(({ text }) => text);
  t.is(filteredLines(lines, { hidden: new Set(), text: '' }), lines);
  t.deepEqual(texts({ hidden: new Set(['printed', 'error']), text: '' }), ['Hello', '6 lines were missed.']);
  t.deepEqual(texts({ hidden: new Set(), text: 'hELL' }), ['Hello', '6 lines were missed.']);
});

test('it asks often while lines come and seldom while nobody looks', (t) => {
  t.is(pollDelayMs({ hadLines: false, isHidden: false }), 1000);
  t.true(pollDelayMs({ hadLines: true, isHidden: false }) < 200);
  t.true(pollDelayMs({ hadLines: true, isHidden: true }) > 5000);
});
