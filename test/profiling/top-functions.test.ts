import test from 'ava';
import { topByBytes, topByTime } from '../../src/profiling/top-functions.ts';
import type { CallFrame, CpuProfile, HeapNode } from '../../src/profiling/v8-profile.ts';

const frame = (functionName: string, url = '', lineNumber = 0): CallFrame => ({
  functionName,
  scriptId: '1',
  url,
  lineNumber,
  columnNumber: 0,
});

test('time: a sample stands for the time until the next; idle time is no share', (t) => {
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 4, 6] },
      { id: 2, callFrame: frame('hot', 'file:///opt/app/src/net/inbound.ts', 41), children: [5] },
      { id: 3, callFrame: frame('(idle)') },
      { id: 4, callFrame: frame('', 'file:///opt/app/node_modules/a/node_modules/b/index.js', 9) },
      { id: 5, callFrame: frame('writeBuffer') },
      { id: 6, callFrame: frame('(garbage collector)') },
    ],
    startTime: 1000,
    endTime: 21_000,
    samples: [2, 3, 5, 4, 2, 6],
    timeDeltas: [1000, 4000, 8000, 2000, 1000, 1000],
  };
  const { wallMs, total, functions } = topByTime(profile, 4);
  t.is(wallMs, 20);
  t.is(total, 11);
  t.deepEqual(
    functions.map(({ name, place, self }) => [name, place, self]),
    [
      ['hot', 'src/net/inbound.ts:42', 5],
      ['(garbage collector)', '', 3],
      ['writeBuffer', 'native, for hot', 2],
      ['(anonymous)', 'b/index.js:10', 1],
    ],
  );
  t.is(
    functions.reduce((sum, { share }) => sum + share, 0),
    1,
  );
});

test('bytes: all calls of a function together, however deep', (t) => {
  const node = (id: number, callFrame: CallFrame, selfSize: number, ...children: HeapNode[]): HeapNode => ({
    id,
    callFrame,
    selfSize,
    children,
  });
  let deep = node(1, frame('make', 'node:buffer', 4), 10);
  for (let id = 2; id < 20_000; id++) deep = node(id, frame('call', 'file:///x.js'), 0, deep);
  const head = node(0, frame('(root)'), 0, deep, node(30_000, frame('make', 'node:buffer', 4), 20));
  t.deepEqual(topByBytes({ head, samples: [] }, 5), {
    total: 30,
    functions: [{ name: 'make', place: 'node:buffer:5', self: 30, share: 1 }],
  });
});

test('a thread in which nothing happened has no functions', (t) => {
  const empty: CpuProfile = { nodes: [], startTime: 0, endTime: 0, samples: [], timeDeltas: [] };
  t.deepEqual(topByTime(empty, 3), { wallMs: 0, total: 0, functions: [] });
});
