import test from 'ava';
import type { RecordSummary } from '../../../../src/admin/api/records/record-summary.ts';
import { knownValues } from '../../../../src/admin/ui/traffic/known-values.ts';
import { quoted } from '../../../../src/admin/ui/traffic/query-completion.ts';
import { parseQuery, QUERY_FIELDS } from '../../../../src/store/query.ts';

const facet = (...values: string[]): RecordSummary['facets']['host'] =>
  values.map((value) => ({ value, count: 1234, query: '' }));

const SUMMARY: RecordSummary = {
  matching: 1234,
  isComplete: true,
  oldestMs: 0,
  newestMs: 0,
  throughRow: 0,
  facets: {
    status: facet('2xx', '5xx', 'none'),
    method: facet('GET'),
    host: facet('a b'),
    path: facet('/api/*', '/login'),
    kind: [],
    mark: [],
  },
  cutFacets: [],
  histogram: { startMs: 0, stepMs: 1000, buckets: [] },
};

test('what the store has counted is offered, with its count', (t) => {
  const { method, status, path } = knownValues(SUMMARY);
  t.deepEqual(method, [{ value: 'GET', meaning: '1,234' }]);
  t.deepEqual(
    status!.map(({ value }) => value),
    ['200', '500'],
  );
  t.deepEqual(
    path!.map(({ value }) => value),
    ['/api/*', '/login'],
  );
});

test('each value can stand in a query, counted or not', (t) => {
  for (const summary of [null, SUMMARY])
    for (const [field, values] of Object.entries(knownValues(summary))) {
      t.true(Object.hasOwn(QUERY_FIELDS, field), field);
      for (const { value } of values) t.notThrows(() => parseQuery(`${field}:${quoted(value)}`));
    }
});
