import test from 'ava';
import * as fc from 'fast-check';
import { bodyFileName } from '../../../../src/admin/api/records/file-name.ts';

test('a body is called after its path and what it is', (t) => {
  t.is(bodyFileName('response', '/api/orders', 'application/json'), 'response-orders.json');
  t.is(bodyFileName('response', '/api/orders.json', 'application/json'), 'response-orders.json');
  t.is(bodyFileName('request', '/a/b/', 'application/xml'), 'request-b.xml');
  t.is(bodyFileName('request', null, null), 'request-unnamed.txt');
  t.is(bodyFileName('response', '/logo.svg', 'image/svg+xml'), 'response-logo.svg.txt');
});

test('whatever the path and type, the name is safe', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.webUrl()),
      fc.oneof(fc.string(), fc.constantFrom('text/html', 'image/svg+xml', 'application/json')),
      (path, mimeType) =>
        /^response-[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,90})\.(?:json|xml|txt)$/.test(
          bodyFileName('response', path, mimeType),
        ),
    ),
  );
  t.pass();
});
