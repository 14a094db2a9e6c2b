import test from 'ava';
import * as fc from 'fast-check';
import { markup } from '../../../load-tests/report/markup.ts';

test('strings are escaped, markup is not, lists are joined and null is nothing', (t) => {
  t.is(`${markup`<b title="${'"\''}">${'<&>'}</b>`}`, '<b title="&quot;&#39;">&lt;&amp;&gt;</b>');
  t.is(`${markup`<p>${[markup`<i>${1.5}</i>`, null, 'a', ['b']]}</p>`}`, '<p><i>1.5</i>ab</p>');
});

test('no string can leave the place that it was put into', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inside = /^<b title="(.*)">(.*)<\/b>$/s.exec(`${markup`<b title="${text}">${text}</b>`}`)!;
      t.notRegex(inside[1]! + inside[2]!, /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    }),
  );
});
