import test from 'ava';
import fc from 'fast-check';
import {
  type ChartLayout,
  fitOf,
  layoutCharts,
  pathThrough,
  type PlacedBox,
} from '../../../../src/admin/ui/program/flow-chart-layout.ts';
import { chartsOf } from '../../../../src/admin/ui/program/flow-chart-model.ts';
import { type FilterOutline, graphOf, type Outline } from '../../../support/chart-graph.ts';

const outline: fc.Arbitrary<Outline> = fc.letrec<{ pipeline: Outline; filter: FilterOutline }>((tie) => ({
  pipeline: fc
    .tuple(fc.constantFrom('p', 'a longer name of a pipeline'), fc.array(tie('filter'), { maxLength: 4 }))
    .map(([name, filters]): Outline => [name, ...filters]),
  filter: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.constantFrom('connect', 'decompressMessageBody', 'print'),
    fc.record({
      name: fc.constantFrom('link', 'fork', 'mux'),
      to: fc.array(tie('pipeline'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).pipeline;

function overlap(one: PlacedBox, other: PlacedBox): boolean {
  return (
    Math.abs(one.x - other.x) * 2 < one.width + other.width - 1 &&
    Math.abs(one.y - other.y) * 2 < one.height + other.height - 1
  );
}

function isInside({ width, height, boxes, arrows, frames }: ChartLayout): boolean {
  const fits = (left: number, top: number, right: number, bottom: number): boolean =>
    left > -0.5 && top > -0.5 && right < width + 0.5 && bottom < height + 0.5;
  return (
    boxes.every((box) =>
      fits(box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2),
    ) &&
    frames.every((frame) =>
      fits(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height),
    ) &&
    arrows.every(({ points }) => points.every(({ x, y }) => fits(x, y, x, y)))
  );
}

test('whatever the pipelines, no box covers another, all is inside the picture, and what comes later stands below', (t) => {
  fc.assert(
    fc.property(
      fc.array(outline, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('none', 'beside', 'below'),
      fc.integer({ min: 200, max: 2000 }),
      (roots, counts, width) => {
        const placed = layoutCharts(chartsOf(graphOf(...roots)), { counts, window: { width, height: 600 } });
        const { boxes, arrows } = placed;
        for (const [index, box] of boxes.entries())
          for (const other of boxes.slice(index + 1)) t.false(overlap(box, other));
        t.true(isInside(placed));
        for (const { from, to, points } of arrows) {
          const find = (id: number): PlacedBox => boxes.find((box) => box.id === id)!;
          t.true(find(from).y < find(to).y);
          t.true(points.length >= 2);
        }
      },
    ),
    { numRuns: 60 },
  );
});

const WINDOW = { width: 1000, height: 600 };

test('one pipeline of filters is a straight column, and a mirror stands beside it', (t) => {
  const charts = chartsOf(graphOf(['port', 'a', { name: 'fork', to: [['mirror', 'dump']] }, 'b', 'c']));
  const { boxes } = layoutCharts(charts, { counts: 'none', window: WINDOW });
  const find = (name: string): PlacedBox => boxes.find((box) => box.name === name)!;
  t.true(Math.abs(find('b').x - find('c').x) < 1);
  t.true(Math.abs(find('port').x - find('fork').x) < 1);
  t.true(Math.abs(find('dump').x - find('b').x) > find('b').width);
});

test('charts stand side by side where there is room, else below each other', (t) => {
  const charts = chartsOf(graphOf(['a', 'x', 'y'], ['b', 'x', 'y']));
  const tops = (width: number): number[] => {
    const { boxes } = layoutCharts(charts, { counts: 'beside', window: { width, height: 600 } });
    return boxes.filter(({ kind }) => kind === 'title').map(({ y }) => y);
  };
  const [a, b] = tops(1000);
  t.is(a, b);
  const [first, second] = tops(360);
  t.true(second! > first!);
});

test('what fits is as large as it was drawn, and what is too tall stays readable', (t) => {
  t.is(fitOf({ width: 100, height: 100 }, WINDOW), 1);
  t.is(fitOf({ width: 100, height: 100_000 }, WINDOW), 0.8);
  t.is(fitOf({ width: 2000, height: 100 }, WINDOW), 0.5);
});

test('nothing to draw is an empty picture', (t) => {
  t.deepEqual(layoutCharts([], { counts: 'none', window: WINDOW }).boxes, []);
});

test('a path has no empty last piece, so that its tip knows where it points', (t) => {
  const points = [
    { x: 0, y: 0 },
    { x: 5, y: 5 },
    { x: 5, y: 10 },
  ];
  t.is(pathThrough(points), 'M 0.0 0.0 Q 5.0 5.0 5.0 10.0');
  t.is(pathThrough(points.slice(0, 2)), 'M 0.0 0.0 L 5.0 5.0');
  t.is(pathThrough([]), '');
});
