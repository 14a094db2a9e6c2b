import test from 'ava';
import { recentQueries, rememberQuery } from '../../../../src/admin/ui/traffic/query-history.ts';

function storage(first: string | null = null): Pick<Storage, 'getItem' | 'setItem'> {
  let kept = first;
  return { getItem: () => kept, setItem: (_, value) => (kept = value) };
}

test('the last query comes first, each once, twenty at most', (t) => {
  const kept = storage();
  for (let number = 0; number < 30; number++) rememberQuery(kept, `path:/${number}`);
  rememberQuery(kept, 'path:/25 ');
  rememberQuery(kept, '  ');
  t.is(recentQueries(kept).length, 20);
  t.deepEqual(recentQueries(kept).slice(0, 3), ['path:/25', 'path:/29', 'path:/28']);
});

test('what somebody else has put there is no history', (t) => {
  for (const text of ['{', '{"a":1}', 'null']) t.deepEqual(recentQueries(storage(text)), []);
  t.deepEqual(recentQueries(storage('["a",1,null]')), ['a']);
});

test('a browser that keeps nothing is no fault', (t) => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
  };
  t.notThrows(() => rememberQuery(full, 'x'));
});
