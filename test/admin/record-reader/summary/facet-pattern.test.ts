import test from 'ava';
import * as fc from 'fast-check';
import {
  parentPattern,
  pathPattern,
  queryTerm,
  valuePattern,
} from '../../../../src/admin/record-reader/summary/facet-pattern.ts';
import { parseQuery } from '../../../../src/store/query.ts';

test('paths are told by their first two segments', (t) => {
  const cases: Record<string, [string | null, string | null]> = {
    '/': ['/', null],
    '/health': ['/health', null],
    '/api/': ['/api/', '/api/*'],
    '/API/Orders': ['/api/orders', '/api/*'],
    '/api/orders/17': ['/api/orders/*', '/api/*'],
    '/api/v1/orders/17': ['/api/v1/*', '/api/*'],
    '/orders/17': ['/orders/*', '/orders/*'],
    '/orders/17/lines': ['/orders/*', '/orders/*'],
    '/files/0193a6c4-5e00-7abc': ['/files/*', '/files/*'],
    '//double': ['//double', '//*'],
    '*': [null, null],
    'host:443': ['host:443', null],
    '/a*b/c': [null, null],
    '/a/b*/c': ['/a/*', '/a/*'],
    [`/${'x'.repeat(300)}/c`]: [null, null],
    [`/a/${'x'.repeat(300)}/c`]: ['/a/*', '/a/*'],
    '': ['', null],
  };
  for (const [path, [pattern, parent]] of Object.entries(cases)) {
    t.is(pathPattern(path), pattern, path);
    if (pattern !== null) t.is(parentPattern(pattern), parent, path);
  }
});

test('a term says its pattern whatever is in it', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.stringMatching(/^[\s"\\()><=!:/or-]{0,12}$/),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('method', 'host', 'path', 'kind'), (value, field) => {
      const pattern = field === 'path' ? pathPattern(value) : valuePattern(value);
      if (pattern === null) return true;
      const query = parseQuery(`status>=1 ${queryTerm(field, pattern)} status<=2`);
      return (
        query.kind === 'and' &&
        query.parts.length === 3 &&
        (query.parts[1] as { pattern: string }).pattern === pattern
      );
    }),
  );
  t.pass();
});
