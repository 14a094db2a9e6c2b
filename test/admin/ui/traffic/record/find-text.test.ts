import test from 'ava';
import fc from 'fast-check';
import { lineAt, windowAt } from '../../../../../src/admin/ui/traffic/record/code-window.ts';
import { findText } from '../../../../../src/admin/ui/traffic/record/find-text.ts';
import { foundPieces } from '../../../../../src/admin/ui/traffic/record/found-pieces.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

test('a text is found as it is written, in upper or lower case', (t) => {
  t.deepEqual(findText('Tea, tea, TEA', 'tea').offsets, [0, 5, 10]);
  t.deepEqual(findText('a.b a*b', 'a.b').offsets, [0]);
  t.deepEqual(findText('İx tea', 'tea').offsets, [3]);
  t.deepEqual(findText('tea', '').offsets, []);
  t.deepEqual(findText('aaaa', 'a', 2), { offsets: [0, 1], isCut: true });
  fc.assert(
    fc.property(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT, (before, wanted, after) => {
      fc.pre(wanted !== '');
      const { offsets } = findText(before + wanted + after, wanted);
      t.true(offsets.some((offset) => offset <= before.length));
    }),
  );
});

test('what was found is a piece of its own, and nothing is lost', (t) => {
  const pieces = [
    { kind: 'key', text: '"ab"' },
    { kind: 'plain', text: ': ' },
    { kind: 'string', text: '"cd"' },
  ] as const;
  t.deepEqual(
    foundPieces(pieces, 2, 8).map(({ text, isFound }) => (isFound ? `[${text}]` : text)),
    ['"a', '[b"]', '[: ]', '["c]', 'd"'],
  );
  t.true(foundPieces(pieces, 90, 99).every(({ isFound }) => !isFound));
});

test('a window begins with a line, a little before what is looked for', (t) => {
  const text = Array.from({ length: 5000 }, (_, index) => `line ${index + 1}`).join('\n');
  const offset = text.indexOf('line 4000\n');
  const { from, firstLine } = windowAt(text, offset);
  t.true(text.startsWith(`line ${firstLine}\n`, from));
  t.is(lineAt(text, offset), 4000);
  t.is(firstLine, 3980);
  t.deepEqual(windowAt(text, 3), { from: 0, firstLine: 1 });
});

test('within a line that is too long to be drawn it begins inside', (t) => {
  const text = `first\n${'😀'.repeat(50_000)}needle`;
  const { from, firstLine } = windowAt(text, text.indexOf('needle'));
  t.is(firstLine, 2);
  t.true(text.length - from < 2000);
  t.true(text.slice(from).isWellFormed());
});
