import { javascriptLanguage } from '@codemirror/lang-javascript';
import test from 'ava';
import fc from 'fast-check';
import {
  type CompletionPlace,
  completionPlace,
  declaredNames,
  wordPlace,
} from '../../../../src/admin/ui/program/completion-context.ts';

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
