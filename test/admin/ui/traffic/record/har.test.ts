import test from 'ava';
import fc from 'fast-check';
import { harOf } from '../../../../../src/admin/ui/traffic/record/har.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import { EXCHANGE, exchangeWith } from '../../../../support/shown-documents.ts';
import { harFaults } from '../../../../support/har-rules.ts';

interface Entry {
  readonly time: number;
  readonly request: {
    readonly postData?: { readonly text: string; readonly comment?: string };
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly response: {
    readonly status: number;
    readonly content: { readonly size: number; readonly text?: string; readonly comment?: string };
    readonly redirectURL: string;
    readonly cookies: readonly object[];
  };
  readonly timings: {
    readonly send: number;
    readonly wait: number;
    readonly receive: number;
    readonly comment?: string;
  };
}

function entryOf(document: object): Entry {
  const har = harOf(readRecord(document), '0.1.0') as {
    readonly log: { readonly entries: readonly Entry[] };
  };
  return har.log.entries[0]!;
}

test('an exchange as an archive', (t) => {
  t.deepEqual(harOf(readRecord(EXCHANGE), '0.1.0'), {
    log: {
      version: '1.2',
      creator: { name: 'Tapline', version: '0.1.0' },
      entries: [
        {
          startedDateTime: '2026-11-25T21:55:14.594Z',
          time: 100,
          request: {
            method: 'POST',
            url: 'http://shop.test/tea?hot=1&token=REDACTED',
            httpVersion: 'HTTP/1.1',
            cookies: [],
            headers: [
              { name: 'host', value: 'shop.test' },
              { name: 'content-type', value: 'application/json' },
              { name: 'authorization', value: 'REDACTED' },
              { name: 'x-many', value: '1' },
              { name: 'x-many', value: '2' },
            ],
            queryString: [
              { name: 'hot', value: '1' },
              { name: 'token', value: 'REDACTED' },
            ],
            postData: { mimeType: 'application/json', text: '{"leaf":"oolong"}' },
            headersSize: 286,
            bodySize: 14,
          },
          response: {
            status: 201,
            statusText: 'Created',
            httpVersion: 'HTTP/1.1',
            cookies: [],
            headers: [
              { name: 'content-type', value: 'application/json' },
              { name: 'content-length', value: '9' },
            ],
            content: { size: 9, mimeType: 'application/json', text: '{"id":42}' },
            redirectURL: '',
            headersSize: 241,
            bodySize: 9,
          },
          cache: {},
          timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 10, wait: 80, receive: 10 },
          serverIPAddress: '127.0.0.1',
          connection: '5',
          _tapline: { id: '01a214b4-ac23-78f7-a371-c9798d504808', kind: 'exchange', redacted: 2 },
        },
      ],
    },
  });
});

test('an archive of any record follows the rules of the format', (t) => {
  const part = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));
  const changes = fc.record({
    '@timestamp': part,
    event: fc.oneof(part, fc.record({ duration: fc.oneof(part, fc.double()), start: part })),
    http: fc.record({
      version: part,
      request: fc.record({ body: part, headers: part, bytes: part }),
      response: fc.record({ status_code: fc.oneof(part, fc.nat(999)), body: part, headers: part }),
    }),
    server: part,
    error: part,
    tapline: fc.oneof(
      part,
      fc.record({
        request: fc.record({ last_byte: fc.oneof(part, fc.double()) }),
        response: fc.record({ first_byte: part }),
      }),
    ),
  });
  fc.assert(
    fc.property(changes, (change) => {
      const har = harOf(readRecord(exchangeWith(change)), '0.1.0');
      t.deepEqual(harFaults(JSON.parse(JSON.stringify(har))), []);
    }),
    { numRuns: 500 },
  );
});

test('what is not known is said', (t) => {
  const { timings, time } = entryOf(exchangeWith({ tapline: { request: { last_byte: undefined } } }));
  t.like(timings, { send: 0, wait: 90, receive: 10 });
  t.regex(timings.comment!, /not known/);
  t.is(time, 100);
  t.is(
    entryOf(exchangeWith({ http: { response: { headers: { 'transfer-encoding': 'chunked' } } } })).request
      .headersSize,
    286,
  );
});

test('bodies: missing, cut, encoded', (t) => {
  const missing = entryOf(exchangeWith({ http: { response: { body: { bytes: 70, content: undefined } } } }));
  t.deepEqual(missing.response.content, {
    size: 70,
    mimeType: 'application/json',
    comment: 'The body was not recorded.',
  });
  const cut = entryOf(exchangeWith({ tapline: { request: { body: { truncated: true } } } }));
  t.is(cut.request.postData!.comment, 'Only the beginning was recorded.');
  const gzip = { headers: { 'content-encoding': 'gzip' }, body: { bytes: 5, content: 'é'.repeat(50) } };
  t.is(entryOf(exchangeWith({ http: { response: gzip } })).response.content.size, 100);
});

test('cookies and redirects', (t) => {
  const headers = {
    'set-cookie': 'a=1; Path=/x; HttpOnly; Secure; Domain=shop.test; Expires=Wed, 25 Nov 2026 21:55:14 GMT',
    location: '/next',
  };
  const { response } = entryOf(exchangeWith({ http: { response: { headers } } }));
  t.is(response.redirectURL, '/next');
  t.deepEqual(response.cookies, [
    {
      name: 'a',
      value: '1',
      path: '/x',
      domain: 'shop.test',
      expires: '2026-11-25T21:55:14.000Z',
      httpOnly: true,
      secure: true,
    },
  ]);
});

test('a record without a request has no archive', (t) => {
  t.is(harOf(readRecord({ tapline: { kind: 'gap', gap: {} } }), '0.1.0'), null);
});
