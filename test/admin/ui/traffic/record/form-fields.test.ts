import test from 'ava';
import fc from 'fast-check';
import { parseFormFields } from '../../../../../src/admin/ui/traffic/record/form-fields.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

test('fields as a server would read them', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
      (pairs) => {
        const text = new URLSearchParams(pairs).toString();
        t.deepEqual(
          parseFormFields(text).map(({ name, value }) => [name, value]),
          [...new URLSearchParams(text)].map(([name, value]) => [name, value]),
        );
      },
    ),
  );
});

test('what cannot be decoded stays as it was sent', (t) => {
  t.deepEqual(parseFormFields('a=%ff%zz&b=%C3%A9%ff&c&=d&&e=1=2'), [
    { name: 'a', value: '%ff%zz' },
    { name: 'b', value: '%C3%A9%ff' },
    { name: 'c', value: '' },
    { name: '', value: 'd' },
    { name: 'e', value: '1=2' },
  ]);
  fc.assert(fc.property(HOSTILE_TEXT, (text) => void t.notThrows(() => parseFormFields(text))));
});
