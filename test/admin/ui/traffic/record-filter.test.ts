import test from 'ava';
import {
  filterFault,
  filterOf,
  filterParameters,
  isLive,
} from '../../../../src/admin/ui/traffic/record-filter.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

test('it is read from the address, and asked for in times that are fixed', (t) => {
  const filter = filterOf(new URLSearchParams('query=+status>%3D500+&since=-15m&record=x'));
  t.is(filter.since, '-15m');
  t.is(
    filterParameters(filter, NOW_MS).toString(),
    'query=status%3E%3D500&since=2026-01-31T11%3A45%3A00.000Z',
  );
  t.is(filterParameters(filterOf(new URLSearchParams()), NOW_MS).toString(), '');
});

test('times that are none are no bounds', (t) => {
  t.deepEqual(filterOf(new URLSearchParams('since=yesterday&until=-x')), { query: '', since: '', until: '' });
});

test('a query that cannot be read has a place', (t) => {
  t.deepEqual(filterFault({ query: 'status>=', since: '', until: '' }), {
    message: 'expected a value for status',
    at: 8,
  });
  t.is(filterFault({ query: 'status>=500', since: '', until: '' }), null);
});

test('only what is open at its end is live', (t) => {
  t.true(isLive({ query: '', since: '-5m', until: '' }, NOW_MS));
  t.true(isLive({ query: '', since: '', until: '2026-01-31T13:00:00Z' }, NOW_MS));
  t.false(isLive({ query: '', since: '', until: '2026-01-31T11:00:00Z' }, NOW_MS));
});
