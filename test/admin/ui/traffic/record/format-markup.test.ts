import test from 'ava';
import fc from 'fast-check';
import { formatMarkup } from '../../../../../src/admin/ui/traffic/record/format-markup.ts';
import { markupTokens } from '../../../../../src/admin/ui/traffic/record/markup-tokens.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

test('XML with a line for each element', (t) => {
  t.is(
    formatMarkup('<?xml version="1.0"?><a x="1>2"><b>text</b><c/><d><e>1</e></d><!-- <f> --></a>'),
    '<?xml version="1.0"?>\n<a x="1>2">\n  <b>text</b>\n  <c/>\n  <d>\n    <e>1</e>\n  </d>\n  <!-- <f> -->\n</a>',
  );
});

test('HTML: elements without an end, scripts as they are', (t) => {
  t.is(
    formatMarkup('<p>a<br>b</p><script>if (a<b) {\n  c()\n}</script><i>x</i>'),
    '<p>a\n  <br>\n  b\n</p>\n<script>if (a<b) {\n  c()\n}</script>\n<i>x</i>',
  );
});

test('a cut text is shown as far as it goes', (t) => {
  t.is(formatMarkup('<a><b attr="unfin'), '<a>\n  <b attr="unfin');
  t.is(formatMarkup('<a></b></c></d>x'), '<a></b>\n</c>\n</d>\nx');
});

test('whatever it is, only blanks change', (t) => {
  const text = fc.oneof(HOSTILE_TEXT, fc.string({ unit: fc.constantFrom(...'<>/!-?="\' ab\n'.split('')) }));
  fc.assert(
    fc.property(text, (markup) => {
      t.is(formatMarkup(markup).replace(/\s/g, ''), markup.replace(/\s/g, ''));
      t.is([...markupTokens(markup)].map((token) => token.text).join(''), markup);
    }),
  );
});

test('tags that never end are no trap', (t) => {
  for (const text of ['<'.repeat(65_536), '<a "'.repeat(16_384), '<!--'.repeat(16_384), '<a>'.repeat(20_000)])
    t.is(formatMarkup(text).replace(/\s/g, ''), text.replace(/\s/g, ''));
});
