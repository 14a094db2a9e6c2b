import fc from 'fast-check';
import test from 'ava';
import type { RecordRow } from '../../../../src/admin/api/records/record-row.ts';
import {
  isSkipped,
  type ListEntry,
  RowList,
  type SkippedRows,
} from '../../../../src/admin/ui/traffic/row-list.ts';
import { recordRow } from '../../../support/record-row.ts';

function skipped(fromRow: number, row: number, count: number): SkippedRows {
  return { kind: 'skipped', fromRow, row, count, reason: 'sampled' };
}

/** What the list shows, newest first. */
function shown(list: RowList): readonly ListEntry[] {
  return Array.from({ length: list.length }, (_, index) => list.at(index)!);
}

/** The same in short: rows, and `~from-to×count` for what is skipped. */
function inShort(list: RowList): string {
  return shown(list)
    .map((entry) => (isSkipped(entry) ? `~${entry.fromRow}-${entry.row}×${entry.count}` : entry.row))
    .join(' ');
}

function descending(from: number, to: number): RecordRow[] {
  return Array.from({ length: from - to + 1 }, (_, index) => recordRow(from - index));
}

test('new records come first, older pages last, and none twice', (t) => {
  const list = new RowList();
  list.add(recordRow(12));
  list.addPage([recordRow(12), recordRow(11), recordRow(9)], 9);
  list.add(recordRow(13));
  list.add(recordRow(12));
  t.is(inShort(list), '13 12 11 9');
  t.is(list.olderBefore, 9);
  list.addPage([recordRow(7), recordRow(3)], null);
  t.is(inShort(list), '13 12 11 9 7 3');
  t.is(list.olderBefore, null);
  t.is(list.indexOf(11), 2);
  t.is(list.indexOf(10), -1);
  t.is(list.indexOfId('id-3'), 5);
  t.is(list.indexOfId('id-4'), -1);
  t.is(list.newestRow, 13);
});

test('while it is held nothing moves; then what waited is there', (t) => {
  const list = new RowList();
  list.addPage([recordRow(2), recordRow(1)], null);
  list.hold(true);
  list.add(recordRow(3));
  list.add(skipped(4, 9, 5));
  list.add(recordRow(10));
  t.is(inShort(list), '2 1');
  t.is(list.waitingCount, 7);
  t.is(list.newestRow, 10);
  list.hold(false);
  t.is(list.waitingCount, 0);
  t.is(inShort(list), '10 ~4-9×5 3 2 1');
});

test('what waits is bounded: the oldest of it is let go, and a line says how many', (t) => {
  const list = new RowList({ maxEntries: 1000, maxWaiting: 10 });
  list.hold(true);
  for (let row = 1; row <= 100; row++) list.add(recordRow(row));
  t.is(list.waitingCount, 100);
  list.showWaiting();
  t.true(list.length <= 12, `${list.length} entries`);
  const last = list.at(list.length - 1)!;
  t.true(isSkipped(last));
  const { fromRow, row, count, reason } = last as SkippedRows;
  t.is(fromRow, 1);
  t.is(row, count);
  t.is(reason, 'let-go');
  t.is(count + list.length - 1, 100);
});

test('a list that is full lets the oldest go, which can be loaded again', (t) => {
  const list = new RowList({ maxEntries: 100, maxWaiting: 10 });
  for (let row = 1; row <= 1000; row++) list.add(recordRow(row));
  t.true(list.length <= 105);
  t.is(list.at(0)!.row, 1000);
  const oldest = list.at(list.length - 1)!.row;
  t.true(list.olderBefore! <= oldest, 'what follows is what was let go');
});

test('who reads on in a full list sees older records; the newest are let go', (t) => {
  const list = new RowList({ maxEntries: 100, maxWaiting: 10 });
  list.addPage(descending(1000, 951), 951);
  list.hold(true);
  list.addPage(descending(950, 901), 901);
  list.addPage(descending(900, 851), 851);
  t.is(list.length, 101);
  t.is(list.at(100)!.row, 851);
  t.deepEqual(list.at(0), { kind: 'skipped', row: 1000, fromRow: 951, count: 50, reason: 'let-go' });
});

test('what was skipped is filled in, with what of it was known already', (t) => {
  const list = new RowList();
  for (const entry of [recordRow(10), recordRow(15), skipped(11, 19, 8), recordRow(20)]) list.add(entry);
  const line = list.at(1) as SkippedRows;
  t.true(isSkipped(line));
  list.fill(line, descending(19, 11), true);
  t.is(inShort(list), '20 19 18 17 16 15 14 13 12 11 10');
});

test('where a page does not hold all that was skipped, a line stays for the rest', (t) => {
  const list = new RowList();
  for (const entry of [recordRow(10), skipped(11, 19, 9), recordRow(20)]) list.add(entry);
  list.fill(list.at(1) as SkippedRows, descending(19, 16), false);
  t.is(inShort(list), '20 19 18 17 16 ~11-15×5 10');
  list.fill(list.at(5) as SkippedRows, descending(15, 11), true);
  t.is(inShort(list), '20 19 18 17 16 15 14 13 12 11 10');
});

test('a line that is gone meanwhile is not filled', (t) => {
  const list = new RowList();
  const line = skipped(1, 5, 5);
  list.add(line);
  list.clear();
  list.fill(line, descending(5, 1), true);
  t.is(list.length, 0);
});

test('a first page takes the place of what a stream skipped in it', (t) => {
  const list = new RowList();
  list.add(skipped(5, 8, 4));
  list.add(recordRow(9));
  list.addPage(descending(9, 1), null);
  t.is(inShort(list), '9 8 7 6 5 4 3 2 1');
});

test('each row is there once and in order, whatever comes in whatever order', (t) => {
  const rowNumber = fc.integer({ min: 1, max: 60 });
  const action = fc.oneof(
    rowNumber.map((row) => ({ do: 'add', row }) as const),
    fc
      .tuple(rowNumber, fc.integer({ min: 1, max: 9 }))
      .map(([row, length]) => ({ do: 'skip', row, length }) as const),
    fc.boolean().map((isHeld) => ({ do: 'hold', isHeld }) as const),
    fc.uniqueArray(rowNumber, { maxLength: 20 }).map((rows) => ({ do: 'page', rows }) as const),
    fc.nat(10).map((index) => ({ do: 'fill', index }) as const),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const list = new RowList({ maxEntries: 30, maxWaiting: 8 });
      for (const step of actions) {
        const before = shown(list);
        const wasHeld = list.isHeld;
        if (step.do === 'add') list.add(recordRow(step.row));
        else if (step.do === 'skip')
          list.add(skipped(Math.max(1, step.row - step.length), step.row, step.length));
        else if (step.do === 'hold') list.hold(step.isHeld);
        else if (step.do === 'page')
          list.addPage(
            step.rows.sort((a, b) => b - a).map((row) => recordRow(row)),
            null,
          );
        else {
          const entry = list.at(step.index);
          if (entry !== undefined && isSkipped(entry))
            list.fill(entry, descending(entry.row, entry.fromRow), true);
        }
        if (wasHeld && (step.do === 'add' || step.do === 'skip')) t.deepEqual(shown(list), before);
        const rows = shown(list).map(({ row }) => row);
        t.deepEqual(
          rows,
          [...new Set(rows)].sort((a, b) => b - a),
        );
        for (const [index, row] of rows.entries()) t.is(list.indexOf(row), index);
      }
    }),
    { numRuns: 200 },
  );
});
