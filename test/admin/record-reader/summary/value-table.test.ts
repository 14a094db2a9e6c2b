import test from 'ava';
import { valuePattern } from '../../../../src/admin/record-reader/summary/facet-pattern.ts';
import { DROPPED, NONE, ValueTable } from '../../../../src/admin/record-reader/summary/value-table.ts';

test('values that a query cannot tell apart have one number', (t) => {
  const table = new ValueTable(valuePattern);
  const id = table.idOf('Shop.Test');
  t.is(table.idOf('shop.test'), id);
  t.is(table.shownAt(id), 'Shop.Test');
  t.is(table.patternAt(id), 'shop.test');
  t.not(table.idOf('other'), id);
  t.is(table.idOf(null), NONE);
  for (const value of ['*', 'a*b', '\ud800']) t.is(table.idOf(value), DROPPED);
  for (const name of ['__proto__', 'constructor', '']) t.is(table.patternAt(table.idOf(name)), name);
});

test('however many there are, the frequent ones stay', (t) => {
  const table = new ValueTable(valuePattern);
  const ids: number[] = [];
  for (let value = 0; !table.isFull; value++) ids.push(table.idOf(`host-${value}`));
  t.true(ids.length <= 5000);
  const counts = new Uint32Array(table.size).fill(1);
  counts[ids[7]!] = 9;
  const renumbered = table.compact(counts);
  t.false(table.isFull);
  t.is(table.patternAt(renumbered[ids[7]!]!), 'host-7');
  t.is(table.idOf('host-7'), renumbered[ids[7]!]!);
  t.is(renumbered[NONE], NONE);
  t.is(ids.filter((id) => renumbered[id] === DROPPED).length, ids.length - 2500);
});
