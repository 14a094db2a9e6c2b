import test from 'ava';
import fc from 'fast-check';
import { mayHavePrefix, mayHaveWord, WordFilter } from '../../src/store/word-filter.ts';
import { wordsOf } from '../../src/store/words.ts';

function filterOf(...texts: readonly string[]): Buffer | null {
  const filter = new WordFilter();
  filter.reset();
  for (const text of texts) {
    const bytes = Buffer.from(text);
    filter.addJson(bytes, 0, bytes.length);
  }
  return filter.toBytes();
}

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());

test('a filter has every word of a text that stands in JSON, and the beginnings of all', (t) => {
  fc.assert(
    fc.property(fc.array(anyText), (texts) => {
      const filter = filterOf(JSON.stringify(texts));
      for (const word of texts.flatMap(wordsOf)) {
        t.true(mayHaveWord(filter, word), word);
        for (let length = 1; length <= word.length; length++)
          t.true(mayHavePrefix(filter, word.slice(0, length)), word.slice(0, length));
      }
    }),
  );
});

test('escapes divide words and are no part of them', (t) => {
  const filter = filterOf(JSON.stringify({ a: 'line\nnext\ttab "quoted" back\\slash \u0001control' }));
  for (const word of ['line', 'next', 'tab', 'quoted', 'back', 'slash', 'control'])
    t.true(mayHaveWord(filter, word), word);
  for (const word of ['nnext', 'ttab', 'u0001control', '0001control'])
    t.false(mayHaveWord(filter, word), word);
});

test('a letter that somebody escaped makes the filter know nothing', (t) => {
  t.is(filterOf(String.raw`{"a":"caf\u00e9"}`), null);
  t.true(mayHaveWord(null, 'whatever'));
});

test('one word in a hundred that is not there seems to be', (t) => {
  const filter = filterOf(Array.from({ length: 5000 }, (_, index) => `word${index}`).join(' '));
  let seeming = 0;
  for (let index = 0; index < 10_000; index++) if (mayHaveWord(filter, `other${index}`)) seeming++;
  t.true(seeming < 300, `${seeming} of 10000`);
  t.true(filter!.length < 5010 * 1.3, 'ten bits a word, and one entry for all their beginnings');
});

test('more words than fit are no loss but of the filter, and the next block has one again', (t) => {
  const filter = new WordFilter();
  filter.reset();
  const many = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index.toString(36)).join(' '));
  filter.addJson(many, 0, many.length);
  t.is(filter.toBytes(), null);
  filter.reset();
  filter.addWhole('0190-abc');
  const bytes = filter.toBytes();
  t.true(mayHaveWord(bytes, '0190-abc'));
  t.false(mayHaveWord(bytes, 'abc'));
});

test('a word whose hash is 0 is entered as any other', (t) => {
  t.true(mayHaveWord(filterOf('"\ua2ff\u976d"'), '\ua2ff\u976d'));
  const filter = new WordFilter();
  filter.reset();
  filter.addWhole('\ua2ff\u976d');
  t.true(mayHaveWord(filter.toBytes(), '\ua2ff\u976d'));
});
