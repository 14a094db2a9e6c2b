import test from 'ava';
import * as fc from 'fast-check';
import { indentedJson } from '../../../../src/admin/api/records/indented-json.ts';

test('it is laid out as JSON.stringify does', (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      const value: unknown = JSON.parse(text);
      return indentedJson(JSON.stringify(value)) === `${JSON.stringify(value, null, 2)}\n`;
    }),
  );
  t.pass();
});

test('nothing but blanks between tokens is changed', (t) => {
  const odd = '{"a":1.0e+2,"a":12345678901234567890,"\\u0041":"\\/ \\n  {","__proto__":[ ]}';
  const indented = indentedJson(odd);
  for (const kept of ['1.0e+2', '12345678901234567890', '"\\u0041"', '"\\/ \\n  {"', '"__proto__": []'])
    t.true(indented.includes(kept), kept);
  t.deepEqual(JSON.parse(indented), JSON.parse(odd));
});

test('deep brackets do not grow without bound', (t) => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const indented = indentedJson(deep);
  t.true(indented.length < 60 * deep.length);
  t.is(indented.replaceAll(/\s/g, ''), deep);
});
