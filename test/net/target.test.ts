import test from 'ava';
import { parseTarget } from '../../src/net/target.ts';

test('targets split at the last colon; brackets are optional for IPv6', (t) => {
  t.deepEqual(parseTarget('localhost:80'), { host: 'localhost', port: 80 });
  t.deepEqual(parseTarget('[::1]:8080'), { host: '::1', port: 8080 });
  t.deepEqual(parseTarget('::1:80'), { host: '::1', port: 80 });
});

test('what is no target is null', (t) => {
  for (const text of [
    '',
    'localhost',
    ':80',
    'a:0',
    'a:65536',
    'a:123456',
    'a:b',
    'a b:80',
    'http://a:80',
    'undefined',
  ])
    t.is(parseTarget(text), null, text);
});
