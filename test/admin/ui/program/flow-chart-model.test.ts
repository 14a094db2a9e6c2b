import test from 'ava';
import {
  boxBeside,
  type Chart,
  chartsOf,
  drawable,
} from '../../../../src/admin/ui/program/flow-chart-model.ts';
import type { GraphNode } from '../../../../src/script/graph.ts';
import { graphOf } from '../../../support/chart-graph.ts';

function arrowsOf({ boxes, arrows }: Chart): string[] {
  const name = (id: number): string => boxes.find((box) => box.id === id)!.name;
  return arrows.map(({ from, to, kind }) => `${name(from)} ${kind} ${name(to)}`);
}

test('arrows lead into linked pipelines and back, and past forks', (t) => {
  const [chart] = chartsOf(
    graphOf([
      'port',
      { name: 'fork', to: [['mirror', 'dump']] },
      {
        name: 'link',
        to: [
          ['left', 'print'],
          ['right', { name: 'mux', to: [['shared', 'connect']] }],
        ],
      },
      'last',
    ]),
  );
  t.deepEqual(arrowsOf(chart!), [
    'port next fork',
    'fork branch mirror',
    'mirror next dump',
    'fork next link',
    'link branch left',
    'left next print',
    'link branch right',
    'right next mux',
    'mux branch shared',
    'shared next connect',
    'print back last',
    'connect back last',
  ]);
  t.deepEqual(
    chart!.boxes.map(({ name, level }) => `${level} ${name}`),
    [
      '1 port',
      '2 fork',
      '3 mirror',
      '4 dump',
      '2 link',
      '3 left',
      '4 print',
      '3 right',
      '4 mux',
      '5 shared',
      '6 connect',
      '2 last',
    ],
  );
});

test('what is missing or recursive is a box that nothing comes out of', (t) => {
  const [chart] = chartsOf(graphOf(['port', { name: 'link', to: [['pipeline not found: x']] }, 'last']));
  t.deepEqual(arrowsOf(chart!), ['port next link', 'link branch pipeline not found: x', 'link next last']);
  t.is(chart!.boxes.find(({ kind }) => kind === 'missing')?.name, 'pipeline not found: x');
});

test('a pipeline without filters hands on what it gets', (t) => {
  const [chart] = chartsOf(graphOf(['port', { name: 'link', to: [['empty']] }, 'last']));
  t.deepEqual(arrowsOf(chart!), ['port next link', 'link branch empty', 'empty back last']);
});

test('a graph that is no tree is drawn as far as it is one', (t) => {
  const nodes: GraphNode[] = [
    { name: 'root', t: 'root', c: [1, 1, 7] },
    { name: 'link', t: 'link', c: [0, 2] },
    { name: 'p', t: 'pipeline', c: [1] },
  ];
  const charts = chartsOf({ roots: [0, 9], nodes });
  t.is(charts.length, 1);
  t.deepEqual(
    charts[0]!.boxes.map(({ name }) => name),
    ['root', 'link', 'p'],
  );
});

test('arrow keys come to every box', (t) => {
  const [chart] = chartsOf(graphOf(['port', { name: 'link', to: [['a', 'x'], ['b']] }, 'last']));
  const { boxes } = chart!;
  const visited = [boxes[0]!.id];
  for (let next = boxBeside(boxes, visited[0]!, 'ArrowDown'); next !== null;) {
    visited.push(next);
    next = boxBeside(boxes, next, 'ArrowDown');
  }
  t.deepEqual(
    visited,
    boxes.map(({ id }) => id),
  );
  const link = boxes.find(({ name }) => name === 'link')!.id;
  const a = boxes.find(({ name }) => name === 'a')!.id;
  t.is(boxBeside(boxes, link, 'ArrowRight'), a);
  t.is(boxBeside(boxes, a, 'ArrowLeft'), link);
  t.is(boxBeside(boxes, visited[0]!, 'ArrowLeft'), null);
  t.is(boxBeside(boxes, -5, 'ArrowDown'), visited[0]!);
});

test('a picture is bounded, and says so', (t) => {
  const filters = Array.from({ length: 150 }, (_, index) => ({
    name: 'link',
    to: [[`p${index}`, 'a', 'b'] as const],
  }));
  const charts = chartsOf(graphOf(['one', ...filters], ['two', 'x'], ['three', ...filters]));
  t.deepEqual(
    charts.map(({ isCut }) => isCut),
    [true, false, true],
  );
  t.true(charts.every(({ boxes }) => boxes.length < 210));
  for (const { boxes, arrows } of charts) {
    const ids = new Set(boxes.map(({ id }) => id));
    t.true(arrows.every(({ from, to }) => ids.has(from) && ids.has(to)));
  }
  t.deepEqual(
    drawable(charts).map(({ title }) => title),
    ['one', 'two'],
  );
  t.is(drawable(charts.slice(2)).length, 1, 'one is always drawn');
});
