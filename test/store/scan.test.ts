import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { parseQuery } from '../../src/store/query.ts';
import { RecordStore } from '../../src/store/record-store.ts';
import { scan } from '../../src/store/scan.ts';
import { recordOf } from '../support/records.ts';

const batches = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
const change = fc.constantFrom('insert', 'merge', 'expire', 'nothing');

test('in steps of one block, whatever is stored, merged or forgotten between them, a record comes once, in order, and what is missing is told', (t) => {
  fc.assert(
    fc.property(
      batches,
      fc.array(change, { maxLength: 20 }),
      fc.constantFrom('newest' as const, 'oldest' as const),
      fc.constantFrom('', 'sequence>=20', 'tag7 or tag30', 'path:/p/2*'),
      fc.record({ afterRow: fc.constantFrom(0, 5, 60), beforeRow: fc.constantFrom(Infinity, 50, 7) }),
      (sizes, changes, order, text, bounds) => {
        const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-scan-'));
        const file = path.join(folder, 'store.sqlite');
        const store = RecordStore.open(file);
        const reader = RecordStore.open(file, { isReadOnly: true });
        try {
          let stored = 0;
          const insert = (size: number): void => {
            const records = Array.from({ length: size }, () => recordOf(++stored));
            store.insert(records, { run: 'r', thread: stored % 2, segment: 1, offset: stored });
          };
          for (const size of sizes) insert(size);
          const query = parseQuery(text);
          const matches = (row: number): boolean =>
            text === '' ||
            (text === 'sequence>=20'
              ? row >= 20
              : text === 'path:/p/2*'
                ? String(row).startsWith('2')
                : row === 7 || row === 30);
          const seen: number[] = [];
          const missing = new Set<number>();
          const steps = scan(
            reader.reading,
            query,
            { order, ...bounds, stepMs: 0 },
            (block, index, row) => {
              if (block.ids[index] !== recordOf(row).id) throw new Error(`row ${row} is another record`);
              seen.push(row);
              return true;
            },
            (from, to) => {
              for (let row = from; row <= to; row++) missing.add(row);
            },
          );
          let step = steps.next();
          for (let turn = 0; step.done !== true; turn++) {
            const what = changes[turn] ?? 'nothing';
            if (what === 'insert') insert(3);
            else if (what === 'merge') store.merge();
            else if (what === 'expire')
              while (store.expire({ maxBytes: 1e12, maxAgeMs: (stored - 10) * 1000, nowMs: stored * 1000 }));
            step = steps.next();
          }
          const inOrder = seen.toSorted((left, right) => (order === 'newest' ? right - left : left - right));
          if (seen.join() !== inOrder.join() || new Set(seen).size !== seen.length) return false;
          if (!seen.every((row) => matches(row) && row > bounds.afterRow && row < bounds.beforeRow))
            return false;
          const left = new Set(Array.from(store.query(query, { limit: 1e6 }), ({ rowid }) => rowid));
          const due = Array.from({ length: stored }, (_, index) => index + 1).filter(
            (row) => row > bounds.afterRow && row < bounds.beforeRow,
          );
          if (order === 'newest')
            return due.every((row) => !left.has(row) || row > sum(sizes) || seen.includes(row));
          // Oldest first, also what came meanwhile is met.
          return due.every((row) =>
            left.has(row) ? seen.includes(row) : !matches(row) || seen.includes(row) || missing.has(row),
          );
        } finally {
          reader.close();
          store.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 30 },
  );
  t.pass();
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
