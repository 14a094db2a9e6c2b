import fc from 'fast-check';
import test from 'ava';
import type { Endpoint } from '../../src/admin/endpoint.ts';
import { Router } from '../../src/admin/router.ts';

function endpoint(method: 'GET' | 'POST' | 'DELETE', path: string): Endpoint {
  return {
    description: { method, path, name: path, summary: path, answers: {} },
    answer: () => ({ status: 200, body: '' }),
  };
}

test('whatever is asked, it answers, and values are what was encoded', (t) => {
  const router = new Router([
    endpoint('GET', '/a/{id}'),
    endpoint('GET', '/f/{path...}'),
    endpoint('POST', '/a/b'),
  ]);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD', ''),
      (target, method) => {
        router.find(method, `/${target}`);
      },
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1 }), (segments) => {
      const isSound = segments.every(
        (one) => !one.includes('/') && !one.includes('\0') && one.isWellFormed(),
      );
      fc.pre(segments.every((one) => one.isWellFormed()));
      const found = router.find('GET', `/f/${segments.map(encodeURIComponent).join('/')}`);
      t.is(found.kind, isSound ? 'endpoint' : 'malformed');
      if (found.kind === 'endpoint') t.is(found.values['path'], segments.join('/'));
    }),
  );
});

test('methods of a more exact path do not fall back to a less exact one', (t) => {
  const router = new Router([endpoint('GET', '/a/{id}'), endpoint('POST', '/a/b')]);
  t.like(router.find('GET', '/a/b'), { kind: 'other-method', allowed: ['POST'] });
  t.like(router.find('HEAD', '/a/c'), { kind: 'endpoint', values: { id: 'c' } });
});
