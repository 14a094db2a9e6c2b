import test from 'ava';
import * as fc from 'fast-check';
import type { XmlNode } from '../../../src/codecs/xml/node.ts';
import { parseXml } from '../../../src/codecs/xml/parse.ts';
import { stringifyXml } from '../../../src/codecs/xml/stringify.ts';

const parse = (text: string): XmlNode | null =>
  parseXml<XmlNode>(text, (name, attributes, children) => ({ name, attributes, children }));
const root = (text: string): XmlNode | string | undefined => parse(text)?.children?.[0];
const document = (child: XmlNode): XmlNode => ({ name: '', attributes: {}, children: [child] });

test('elements, attributes and text; the rest is dropped', (t) => {
  t.deepEqual(
    parse('<?xml version="1.0"?><!-- c --><a x="1" y=\'&lt;2\'><b/>text<![CDATA[<raw>]]></a>\n'),
    document({
      name: 'a',
      attributes: { x: '1', y: '<2' },
      children: [{ name: 'b', attributes: null, children: [] }, 'text<raw>'],
    }),
  );
  t.deepEqual(root('<s:a xmlns:s="u">&#x41;&#66;</s:a>'), {
    name: 's:a',
    attributes: { 'xmlns:s': 'u' },
    children: ['AB'],
  });
});

test('a run of text is one text; white space alone is none', (t) => {
  t.deepEqual((root('<a>x&amp;y\nz</a>') as XmlNode).children, ['x&y\nz']);
  t.deepEqual((root('<a>\n  <b/>\n  <b/>\n</a>') as XmlNode).children?.length, 2);
});

test('what is not well-formed, or has a DTD, is null', (t) => {
  const bad = [
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<a b/>',
    '<a b=c/>',
    '<a b="1" b="2"/>',
    '<a b="<"/>',
    '<a>&nbsp;</a>',
    '<a>&</a>',
    '<a>& b</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>]]></a>',
    '<a><!-- -- --></a>',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a>\u0001</a>',
    '<1a/>',
    '< a/>',
    '<a b="1"c="2"/>',
    '<a',
    '<a b="',
    '<![CDATA[x]]>',
    'x<a/>',
    '<a/>x',
    '<a>'.repeat(600) + '</a>'.repeat(600),
  ];
  for (const text of bad) t.is(parse(text), null, text.slice(0, 40));
});

test('what is written is escaped, and indented', (t) => {
  const tree = document({ name: 'a', attributes: { q: '<"&>' }, children: ['1 < 2 & 3 > 2'] });
  t.is(
    stringifyXml(tree),
    '<?xml version="1.0" encoding="UTF-8"?><a q="&lt;&quot;&amp;&gt;">1 &lt; 2 &amp; 3 &gt; 2</a>',
  );
  const nested = document({
    name: 'a',
    attributes: null,
    children: [
      { name: 'b', attributes: null, children: ['x'] },
      { name: 'c', attributes: null, children: null },
    ],
  });
  t.is(stringifyXml(nested, 2), '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  <b>x</b>\n  <c/>\n</a>\n');
  t.is(stringifyXml({ name: '', attributes: {}, children: [] }), '');
  t.is(stringifyXml({ name: '', attributes: {}, children: ['text'] }), '');
  t.throws(() => stringifyXml(document({ name: 'a b', attributes: null, children: null })), {
    message: /no XML name/,
  });
  t.throws(() => stringifyXml(document({ name: 'a', attributes: { '<': '1' }, children: null })), {
    message: /no XML name/,
  });
});

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:.-]{0,8}$/);
const text = fc
  .string({ unit: fc.constantFrom('a', 'é', '<', '&', '>', '"', "'", ' ', '\n', ']', '😀', '\r', '\t') })
  .filter((value) => /\S/.test(value));
const tree = fc.letrec<{ node: XmlNode }>((tie) => ({
  node: fc.record({
    name,
    attributes: fc.option(
      fc.dictionary(name, fc.string({ unit: fc.constantFrom('a', '<', '&', '"', ' ') }), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
    children: fc.oneof(
      { depthSize: 'small' },
      fc.constant([]),
      text.map((one) => [one]),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  }),
})).node;

test('a tree that is written is read again as it was', (t) => {
  fc.assert(
    fc.property(tree, (node) => {
      t.deepEqual(parse(stringifyXml(document(node))), document(node));
    }),
  );
});

test('no text makes it throw, or slow', (t) => {
  const piece = fc.constantFrom(
    '<a>',
    '</a>',
    '<a b="',
    '"',
    '/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&lt;',
    '&',
    'x',
    '<?',
    '?>',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
      const read = parse(parts.join(''));
      t.true(read === null || read.children!.length === 1);
    }),
    { numRuns: 1000 },
  );
  const begun = performance.now();
  for (const part of ['<a>', '<!--', '&amp;', '<a b="', 'x ']) parse(`<a>${part.repeat(200_000)}`);
  t.true(performance.now() - begun < 5000);
});
