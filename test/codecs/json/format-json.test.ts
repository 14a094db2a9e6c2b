import test from 'ava';
import fc from 'fast-check';
import { formatJson } from '../../../src/codecs/json/format-json.ts';
import { jsonTokens } from '../../../src/codecs/json/json-tokens.ts';
import { HOSTILE_TEXT } from '../../support/hostile-text.ts';

const tokensOf = (text: string): string[] =>
  [...jsonTokens(text)].filter(({ kind }) => kind !== 'blank').map((token) => token.text);

test('JSON as everybody writes it', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      t.is(formatJson(JSON.stringify(value)), JSON.stringify(value, null, 2));
    }),
  );
});

test('numbers, escapes and repeated keys stay as they were sent', (t) => {
  t.is(
    formatJson('{"n":12345678901234567890.10,"n":1E400,"t":"\\u0041\\/","__proto__":[ ]}'),
    '{\n  "n": 12345678901234567890.10,\n  "n": 1E400,\n  "t": "\\u0041\\/",\n  "__proto__": []\n}',
  );
});

test('a cut text is shown as far as it goes', (t) => {
  t.is(formatJson('[{"a":1,"b":"unfini'), '[\n  {\n    "a": 1,\n    "b": "unfini');
  fc.assert(
    fc.property(fc.json(), fc.nat(100), (text, length) => {
      const cut = text.slice(0, length);
      t.deepEqual(tokensOf(formatJson(cut)), tokensOf(cut));
    }),
  );
});

test('several values one after the other have a line each', (t) => {
  t.is(formatJson('{"a":1}\n{"b":2}\n'), '{\n  "a": 1\n}\n{\n  "b": 2\n}');
  t.is(formatJson('{}[]'), '{}\n[]');
});

test('whatever it is, only blanks change', (t) => {
  const blanks = /[ \t\r\n]/g;
  fc.assert(
    fc.property(
      fc.oneof(HOSTILE_TEXT, fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ a1-\n'.split('')) })),
      (text) => {
        t.is(formatJson(text).replace(blanks, ''), text.replace(blanks, ''));
        t.is([...jsonTokens(text)].map((token) => token.text).join(''), text);
      },
    ),
  );
});

test('a text of brackets alone does not grow with its square', (t) => {
  const depth = 65_536;
  t.true(formatJson('['.repeat(depth)).length < depth * 100);
  t.is(formatJson('['.repeat(100), 10).replace(/\s/g, ''), '['.repeat(100));
});
