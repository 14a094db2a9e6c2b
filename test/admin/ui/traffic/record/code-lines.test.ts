import test from 'ava';
import fc from 'fast-check';
import { type CodeLanguage, codePage } from '../../../../../src/admin/ui/traffic/record/code-lines.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

test('keys, strings, numbers and words of JSON', (t) => {
  const { lines } = codePage('{"a": "b",\n"c": [1, null]}', 'json');
  t.deepEqual(
    lines.map((line) => line.map(({ kind, text }) => `${kind}:${text}`)),
    [
      ['plain:{', 'key:"a"', 'plain:: ', 'string:"b"', 'plain:,'],
      ['key:"c"', 'plain:: [', 'number:1', 'plain:, ', 'word:null', 'plain:]}'],
    ],
  );
});

test('tags, attributes and comments of markup', (t) => {
  const { lines } = codePage('<a b="c">x<!-- d --></a>', 'markup');
  t.deepEqual(
    lines[0]!.map(({ kind, text }) => `${kind}:${text}`),
    ['tag:<a b=', 'string:"c"', 'tag:>', 'plain:x', 'comment:<!-- d -->', 'tag:</a>'],
  );
});

test('whatever the text, its lines are those of the text', (t) => {
  const language = fc.constantFrom<CodeLanguage>('json', 'markup', 'plain');
  fc.assert(
    fc.property(fc.oneof(HOSTILE_TEXT, fc.json()), language, (text, as) => {
      const page = codePage(text, as);
      const drawn = page.lines.map((line) => line.map((piece) => piece.text).join(''));
      const lines = text.split(/\r?\n/);
      // A line end is no line of its own.
      if (lines.length > 1 && lines.at(-1) === '') lines.pop();
      t.deepEqual(drawn, lines);
      t.true(page.isWhole);
    }),
  );
});

test('a large text is drawn page by page', (t) => {
  const long = codePage('x'.repeat(200_000), 'plain');
  t.is(long.shownLength, 65_536);
  t.false(long.isWhole);
  t.true(codePage('x'.repeat(200_000), 'plain', 4).isWhole);
  t.is(codePage('\n'.repeat(50_000), 'plain').lines.length, 2000);
  t.is(codePage('\u202e'.repeat(50_000), 'plain').shownLength, 8000);
  t.is(codePage(`${'x'.repeat(65_535)}😀`, 'plain').shownLength, 65_535);
});
