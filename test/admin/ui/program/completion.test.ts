import { javascriptLanguage } from '@codemirror/lang-javascript';
import test from 'ava';
import fc from 'fast-check';
import {
  type CompletionPlace,
  completionPlace,
  declaredNames,
  wordPlace,
} from '../../../../src/admin/ui/program/completion-context.ts';
import { wordNamed, wordsAt } from '../../../../src/admin/ui/program/language-words.ts';
import type { Language } from '../../../../src/admin/ui/program/program-shapes.ts';

const BEGIN = 'pipy({ _count: 0, _name: "" })\n.listen(8000)\n';

/** The place at `|`, and what stands between its begin and there. */
function at(marked: string): { place: CompletionPlace | null; typed: string } {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const place = completionPlace(javascriptLanguage.parser.parse(text), text, offset);
  return { place, typed: place === null ? '' : text.slice(place.from, offset) };
}

test('after the dot of a chain stand filters', (t) => {
  for (const [text, typed] of [
    [`${BEGIN}  .|`, ''],
    [`${BEGIN}  .|\n.pipeline('x')\n`, ''],
    [`${BEGIN}  .fo|`, 'fo'],
    [`${BEGIN}  .fork('a').con|\n  .print()`, 'con'],
    ['pipy().|', ''],
  ] as const) {
    const found = at(text);
    t.is(found.place?.kind, 'filter', text);
    t.is(found.typed, typed, text);
  }
});

test('a string among the arguments of a filter may be a pipeline', (t) => {
  const quoted = at(`${BEGIN}  .fork('re|')`);
  t.like(quoted.place, { kind: 'pipeline', filter: 'fork', isQuoted: true });
  t.is(quoted.typed, 're');
  t.like(at(`${BEGIN}  .link('a', () => _count, '|')`).place, { kind: 'pipeline', filter: 'link' });
  t.like(at(`${BEGIN}  .fork('re|\n.pipeline('x')\n`).place, { kind: 'pipeline', filter: 'fork' });
  t.like(at(`${BEGIN}  .fork(|)`).place, { kind: 'pipeline', filter: 'fork', isQuoted: false });
  t.is(at(`${BEGIN}  .onData(() => console.log('|'))`).place, null, 'a string of another call');
});

test('in an object among the arguments stand options', (t) => {
  t.like(at(`${BEGIN}  .connect('x', { | })`).place, { kind: 'option', filter: 'connect', argument: 1 });
  const second = at(`${BEGIN}  .connect('x', { retryCount: 1, bu| })`);
  t.like(second.place, { kind: 'option', filter: 'connect', argument: 1 });
  t.is(second.typed, 'bu');
  t.not(at(`${BEGIN}  .connect('x', { retryCount: | })`).place?.kind, 'option', 'its value is none');
  t.not(at(`${BEGIN}  .onData(() => ({ | }))`).place?.kind, 'option', 'nor is an object of a function');
});

test('after the dot of an object stand its members, elsewhere names', (t) => {
  t.like(at(`${BEGIN}  .onData(() => algo.ha|)`).place, { kind: 'member', object: 'algo' });
  t.like(at(`${BEGIN}  .onData(() => algo.|)`).place, { kind: 'member', object: 'algo' });
  t.is(at(`${BEGIN}  .onData(() => _c|)`).place?.kind, 'name');
  t.is(at(`${BEGIN}  .onData(() => |)`).place?.kind, 'name');
  t.is(at(`${BEGIN}  .onData(data => data.head.|)`).place, null);
});

test('comments, templates and numbers are left alone', (t) => {
  for (const text of [`${BEGIN}  // .fo|`, '`a.|`', '12|', '/* pipy().| */'])
    t.is(at(text).place, null, text);
});

test('variables and pipelines are read from a script, also from a broken one', (t) => {
  const text = `${BEGIN}  .fork('one')\n.pipeline('one')\n  .onData(() => (\n.pipeline("two")\n`;
  const found = declaredNames(javascriptLanguage.parser.parse(text), text);
  t.deepEqual(found.variables, ['_count', '_name']);
  t.true(found.pipelines.includes('one'));
});

test('any text at any place gives an answer within what was typed', (t) => {
  const piece = fc.constantFrom(
    'pipy(',
    ')',
    '.',
    'link',
    '(',
    '{',
    '}',
    "'",
    '"',
    '`',
    'a',
    ',',
    ':',
    ' ',
    '\n',
    '=>',
    '//',
    '[',
    '1',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(), (pieces, seed) => {
      const text = pieces.join('');
      const offset = seed % (text.length + 1);
      const tree = javascriptLanguage.parser.parse(text);
      const place = completionPlace(tree, text, offset);
      if (place !== null) t.true(place.from <= offset && place.from >= 0);
      wordPlace(tree, text, offset);
      declaredNames(tree, text);
      t.pass();
    }),
  );
});

const LANGUAGE: Language = {
  beginnings: [{ name: 'listen', signature: 'listen(port)', summary: 'Begins.', parameters: [] }],
  filters: [
    {
      name: 'fork',
      signature: 'fork(target)',
      summary: 'Mirrors.',
      parameters: [{ name: 'target', type: 'pipeline', meaning: 'where to' }],
    },
    {
      name: 'connect',
      signature: 'connect(target, [options])',
      summary: 'Connects.',
      parameters: [
        { name: 'target', type: 'string|function', meaning: 'host:port' },
        {
          name: 'options',
          type: 'object',
          meaning: 'limits',
          options: [{ name: 'retryCount', type: 'number', defaultValue: '0', meaning: 'further attempts' }],
        },
      ],
    },
  ],
  objects: [
    {
      name: 'algo',
      kind: 'object',
      signature: 'algo',
      summary: 'Algorithms.',
      members: [{ name: 'hash', kind: 'method', signature: 'hash(value: any): number', summary: 'Hashes.' }],
    },
    { name: 'Data', kind: 'class', signature: 'new Data(text?)', summary: 'Bytes.', members: [] },
  ],
  standard: ['Math'],
  builtIns: [{ name: '__inbound', summary: 'The connection.' }],
};
const DECLARED = { variables: ['_count'], pipelines: ["it's"] };

test('each place offers its words', (t) => {
  const labels = (place: CompletionPlace): string[] =>
    wordsAt(place, LANGUAGE, DECLARED).map(({ label }) => label);
  t.deepEqual(labels({ kind: 'filter', from: 0 }), ['fork', 'connect', 'listen']);
  t.deepEqual(labels({ kind: 'pipeline', from: 0, filter: 'fork', isQuoted: true }), ["it's"]);
  t.deepEqual(labels({ kind: 'pipeline', from: 0, filter: 'connect', isQuoted: true }), []);
  t.deepEqual(labels({ kind: 'option', from: 0, filter: 'connect', argument: 1 }), ['retryCount']);
  t.deepEqual(labels({ kind: 'option', from: 0, filter: 'connect', argument: 0 }), []);
  t.deepEqual(labels({ kind: 'member', from: 0, object: 'algo' }), ['hash']);
  t.deepEqual(labels({ kind: 'member', from: 0, object: 'Data' }), []);
  t.deepEqual(labels({ kind: 'name', from: 0 }), ['_count', 'algo', 'Data', '__inbound', 'Math']);
});

test('what is written is valid: quotes where there are none, and what is in them escaped', (t) => {
  const [word] = wordsAt({ kind: 'pipeline', from: 0, filter: 'fork', isQuoted: false }, LANGUAGE, DECLARED);
  t.is(word!.insert, String.raw`'it\'s'`);
  const place: CompletionPlace = { kind: 'option', from: 0, filter: 'connect', argument: 1 };
  t.is(wordNamed('retryCount', place, LANGUAGE, DECLARED)?.insert, 'retryCount: ');
  t.is(wordNamed('nothing', place, LANGUAGE, DECLARED), null);
});
