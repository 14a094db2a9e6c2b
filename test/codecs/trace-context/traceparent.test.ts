import test from 'ava';
import { formatTraceparent, parseTraceparent } from '../../../src/codecs/trace-context/traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a valid traceparent is read and written', (t) => {
  const read = parseTraceparent(`00-${TRACE}-${SPAN}-01`)!;
  t.deepEqual(read, { traceId: TRACE, spanId: SPAN, flags: 1 });
  t.is(formatTraceparent(read), `00-${TRACE}-${SPAN}-01`);
});

test('flags that nobody knows are not passed on; a later version is read as far as it is known', (t) => {
  t.is(parseTraceparent(`00-${TRACE}-${SPAN}-ff`)!.flags, 3);
  t.is(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future`)!.traceId, TRACE);
  t.is(parseTraceparent(`cc-${TRACE}-${SPAN}-01`)!.spanId, SPAN);
});

test('what is not valid is none', (t) => {
  for (const bad of [
    '',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01-`,
    `00-${TRACE}-${SPAN}-01-more`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ])
    t.is(parseTraceparent(bad), null, bad);
});
