import fc from 'fast-check';
import test from 'ava';
import { isPlain, plainText, shownText } from '../../../../src/admin/ui/parts/shown-text.ts';

test('what is plain is shown as it is, and nothing else is plain', (t) => {
  t.true(isPlain('/api/orders?page=7 ~', 20));
  t.true(isPlain('', 0));
  for (const text of ['a longer text', 'a\nb', 'a\tb', 'a\u007fb', 'caf\u00e9', '\u05d0', '\u202e', '\0'])
    t.false(isPlain(text, 12), JSON.stringify(text));
  const fits = fc.string({
    unit: fc.oneof(fc.constantFrom('a', '~', ' '), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
    maxLength: 8,
  });
  fc.assert(
    fc.property(fits, (text) => {
      const { pieces, isCut } = shownText(text, 6);
      const isShownAsItIs = !isCut && pieces.every((piece) => !piece.isHidden);
      return !isPlain(text, 6) || (isShownAsItIs && pieces.map((piece) => piece.text).join('') === text);
    }),
  );
});

test('one line of plain text has every hidden character by its name, and says where it is cut', (t) => {
  t.is(plainText('/api/orders'), '/api/orders');
  t.is(plainText('a\u202eb\nc'), 'a⟨RLO⟩b c');
  t.is(plainText('abcdef', 3), 'abc…');
});
