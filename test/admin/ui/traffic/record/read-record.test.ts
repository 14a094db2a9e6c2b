import test from 'ava';
import fc from 'fast-check';
import { bodyViews } from '../../../../../src/admin/ui/traffic/record/body-views.ts';
import { compareRecords } from '../../../../../src/admin/ui/traffic/record/compare-records.ts';
import { curlCommand } from '../../../../../src/admin/ui/traffic/record/curl-command.ts';
import { explain } from '../../../../../src/admin/ui/traffic/record/explain.ts';
import { harOf } from '../../../../../src/admin/ui/traffic/record/har.ts';
import { headFacts } from '../../../../../src/admin/ui/traffic/record/head-facts.ts';
import { marksOf } from '../../../../../src/admin/ui/traffic/record/marks.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import { timingOf } from '../../../../../src/admin/ui/traffic/record/timing.ts';
import { EXCHANGE, exchangeWith } from '../../../../support/shown-documents.ts';

test('the parts of a document', (t) => {
  t.like(readRecord(EXCHANGE), {
    id: '01a214b4-ac23-78f7-a371-c9798d504808',
    kind: 'exchange',
    sequence: 7,
    connectionId: 5,
    timestampMs: Date.parse('2026-11-25T21:55:14.594Z'),
    durationNs: 100e6,
    requestEndNs: 10e6,
    firstByteNs: 90e6,
    method: 'POST',
    status: 201,
    client: '192.0.2.7:40000',
    upstream: '127.0.0.1:3000',
    isFromGateway: false,
    redactedCount: 2,
    gap: null,
    summary: null,
  });
});

test('repeated headers are a line each, in their order', (t) => {
  t.deepEqual(
    readRecord(EXCHANGE).request.headers.map(({ name, value }) => `${name}: ${value}`),
    [
      'host: shop.test',
      'content-type: application/json',
      'authorization: REDACTED',
      'x-many: 1',
      'x-many: 2',
    ],
  );
});

test('addresses of IPv6 are told from their port', (t) => {
  t.is(readRecord(exchangeWith({ client: { address: '::1', port: 80 } })).client, '[::1]:80');
  t.is(readRecord(exchangeWith({ client: { address: '::1', port: undefined } })).client, '::1');
});

/** Documents whose parts are of any type: scripts make records of anything. */
const anything = fc.jsonValue({ maxDepth: 3 });
const ANY_DOCUMENT = fc.oneof(
  anything,
  fc
    .record({
      '@timestamp': fc.oneof(anything, fc.string()),
      event: fc.oneof(anything, fc.record({ id: anything, duration: fc.oneof(anything, fc.double()) })),
      http: fc.oneof(
        anything,
        fc.record({
          request: fc.oneof(
            anything,
            fc.record({
              method: anything,
              headers: fc.dictionary(fc.string(), anything),
              body: fc.oneof(anything, fc.record({ content: fc.string() })),
              mime_type: fc.constantFrom('application/json', 'text/html', 'multipart/form-data'),
            }),
          ),
          response: fc.oneof(
            anything,
            fc.record({ status_code: anything, headers: anything, body: anything }),
          ),
        }),
      ),
      url: fc.oneof(anything, fc.record({ full: fc.oneof(anything, fc.constant('http://x/')) })),
      error: fc.oneof(
        anything,
        fc.record({
          type: fc.constantFrom('Timeout', 'unread', 'client-closed', '', 'x'),
          message: anything,
        }),
      ),
      server: anything,
      tapline: fc.oneof(
        anything,
        fc.record({
          kind: fc.oneof(anything, fc.constantFrom('gap', 'summary', 'tunnel', 'refusal', 'broken')),
          gap: anything,
          summary: anything,
          request: fc.record({ body: anything }),
          response: anything,
          injected: fc.record({ headers: anything, removed: anything }),
          refused: anything,
          rule: anything,
        }),
      ),
    })
    .map((changes) => exchangeWith(changes)),
);

test('a document of anything never throws, nor does what is made of it', (t) => {
  fc.assert(
    fc.property(ANY_DOCUMENT, ANY_DOCUMENT, (left, right) => {
      const record = readRecord(left);
      explain(record);
      timingOf(record);
      marksOf(record);
      headFacts(record, null);
      bodyViews(record.request.body);
      curlCommand(record);
      harOf(record, '1');
      compareRecords(record, readRecord(right));
      t.is(typeof record.kind, 'string');
    }),
    { numRuns: 1000 },
  );
});
