import test from 'ava';
import fc from 'fast-check';
import {
  type BulkContext,
  readBulkAnswer,
  retryAfterMs,
} from '../../../src/sinks/elasticsearch/bulk-answer.ts';
import type { ServerAnswer } from '../../../src/sinks/elasticsearch/client.ts';
import type { ItemResult, SendResult } from '../../../src/sinks/sink.ts';
import { recordOf } from '../../support/records.ts';

const RECORDS = [recordOf(1), recordOf(2)];
const CONTEXT: BulkContext = {
  records: RECORDS,
  stream: 'logs-a-b',
  credentialAdvice: 'give a key',
  nowMs: Date.parse('2026-01-01T00:00:00Z'),
};

function answer(status: number, body: unknown, headers: ServerAnswer['headers'] = {}): ServerAnswer {
  return { status, headers, url: 'http://es', body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function error(type: string, reason: string, cause?: object): object {
  return { error: { type, reason, ...(cause === undefined ? {} : { caused_by: cause }) } };
}

function whole(status: number, body: unknown = '', headers: ServerAnswer['headers'] = {}): SendResult {
  return readBulkAnswer(answer(status, body, headers), CONTEXT).result;
}

/** What becomes of the first of two records; the second is stored. */
function item(fields: object): ItemResult {
  const result = whole(200, {
    errors: true,
    items: [
      { create: { _id: RECORDS[0]!.id, _index: '.ds-a-000001', ...fields } },
      { create: { _id: RECORDS[1]!.id, _index: '.ds-a-000001', status: 201 } },
    ],
  });
  if (result.kind !== 'answered') throw new Error(result.reason);
  return result.items[0]!;
}

test('items: stored, stored before, put aside', (t) => {
  t.deepEqual(item({ status: 201 }), { kind: 'delivered' });
  t.deepEqual(item({ status: 200 }), { kind: 'delivered' });
  t.deepEqual(
    item({ status: 409, ...error('version_conflict_engine_exception', 'document already exists') }),
    {
      kind: 'duplicate',
    },
  );
  t.deepEqual(item({ _id: 'another', status: 201, failure_store: 'used' }), {
    kind: 'diverted',
    reason: 'it is in the failure store: GET logs-a-b::failures/_search says why',
  });
  t.deepEqual(item({ status: 201, failure_store: 'not_applicable_or_unknown' }), { kind: 'delivered' });
});

test('items: not now, perhaps never, until somebody acts, never', (t) => {
  t.deepEqual(
    item({ status: 429, ...error('es_rejected_execution_exception', 'rejected execution of SECRET') }),
    {
      kind: 'retry',
      reason: 'not now (429, es_rejected_execution_exception)',
      isLimited: false,
    },
  );
  t.deepEqual(item({ status: 503, ...error('unavailable_shards_exception', 'SECRET') }), {
    kind: 'retry',
    reason: 'not now (503, unavailable_shards_exception)',
    isLimited: false,
  });
  t.deepEqual(item({ status: 500, ...error('fail_processor_exception', 'SECRET') }), {
    kind: 'retry',
    reason:
      'server error (500, fail_processor_exception): fail_processor_exception: its words are left out here, since they may quote the record',
    isLimited: true,
  });
  t.deepEqual(
    item({
      status: 403,
      ...error(
        'cluster_block_exception',
        'index [.ds-a-000001] blocked by: [FORBIDDEN/8/index write (api)];',
      ),
    }),
    {
      kind: 'blocked',
      reason:
        'index [.ds-a-000001] is blocked: FORBIDDEN/8/index write (api); take the block away (PUT …/_settings {"index.blocks.write": null}), and it goes on by itself',
    },
  );
  t.deepEqual(
    item({
      status: 429,
      ...error(
        'cluster_block_exception',
        'index [.ds-a-000001] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block; for more information, see https://www.elastic.co/docs?version=9.4];',
      ),
    }),
    {
      kind: 'blocked',
      reason:
        'index [.ds-a-000001] is blocked: TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block; the disk of a node is too full: free space, or let old indices expire, and it goes on by itself',
    },
  );
  t.deepEqual(
    item({ status: 404, ...error('index_not_found_exception', 'no such index [logs-a-b] and SECRET') }),
    {
      kind: 'blocked',
      reason:
        'no such index [logs-a-b]: the data stream logs-a-b is not there and may not be made; run: tapline setup elasticsearch',
    },
  );
  t.deepEqual(
    item({
      status: 403,
      ...error(
        'security_exception',
        'action [indices:admin/auto_create] is unauthorized for API key id [k1] of user [elastic] on indices [logs-a-b], this action is granted by the index privileges [auto_configure,create_index,manage,all]',
      ),
    }),
    {
      kind: 'blocked',
      reason:
        'the privilege is missing: index privilege auto_configure on logs-a-b (for indices:admin/auto_create, API key id [k1]); tapline setup elasticsearch --dry-run prints a role that suffices',
    },
  );
});

test('a refusal names type and field, and quotes nothing of the record', (t) => {
  const cases: [object, string][] = [
    [
      error(
        'document_parsing_exception',
        "[1:6] failed to parse field [http.request.bytes] of type [long] in document with id 'x'. Preview of field's value: 'SECRET hello'",
        { type: 'illegal_argument_exception', reason: 'For input string: "SECRET hello"' },
      ),
      'failed to parse field [http.request.bytes] of type [long]',
    ],
    [
      error(
        'document_parsing_exception',
        '[1:6] object mapping for [http] tried to parse field [SECRET] as object, but found a concrete value',
      ),
      'field [http] is mapped as an object, but the record has a value there',
    ],
    [
      error(
        'illegal_argument_exception',
        'Document contains at least one immense term in field="url.path" (whose UTF8 encoding is longer than the max length 32766), The prefix of the first immense term is: \'[83, 69, 67]...\'',
      ),
      'the value of field [url.path] is longer than the index can take (32766 bytes)',
    ],
    [
      error('document_parsing_exception', 'failed to parse', {
        type: 'json_parse_exception',
        reason: 'Unexpected character at [Source: (byte[])"{"SECRET": broken"; line: 1]',
      }),
      'document_parsing_exception: its words are left out here, since they may quote the record',
    ],
    [
      error(
        'illegal_argument_exception',
        'Limit of total fields [1000] has been exceeded while adding SECRET',
      ),
      'the index has no room for more fields (limit 1000); raise it or map fewer in @custom',
    ],
    [error('SECRET of\nits own', ''), 'the server gives no reason'],
  ];
  for (const [fields, reason] of cases) {
    const result = item({ status: 400, ...fields });
    t.is(result.kind, 'refused');
    t.is('reason' in result && result.reason, reason);
    t.notRegex(JSON.stringify(result), /SECRET/);
  }
  t.like(item({ status: 400, ...cases[0]![0] }), { type: 'document_parsing_exception', status: 400 });
  t.like(item({ status: 400 }), { type: 'status-400' });
});

test('whole answers by their status', (t) => {
  t.like(whole(413), { kind: 'too-large', reason: 'http://es takes no request of this size (413)' });
  t.deepEqual(whole(429, error('es_rejected_execution_exception', 'SECRET'), { 'retry-after': '7' }), {
    kind: 'retry',
    reason: 'http://es cannot take records now (429, es_rejected_execution_exception)',
    retryAfterMs: 7000,
    isAmbiguous: false,
    isOverload: true,
  });
  t.deepEqual(whole(503, 'upstream connect error SECRET'), {
    kind: 'retry',
    reason: 'http://es cannot take records now (503)',
    retryAfterMs: null,
    isAmbiguous: true,
    isOverload: true,
  });
  for (const status of [500, 502, 504, 408, 425, 418])
    t.like(whole(status), { kind: 'retry', isAmbiguous: true, isOverload: false }, `${status}`);
  t.like(whole(401), { kind: 'paused', reason: 'http://es refuses us (401): give a key' });
  t.like(
    whole(
      403,
      error(
        'security_exception',
        'action [indices:data/write/bulk] is unauthorized for user [bob] on indices [logs-a-b], this action is granted by the index privileges [create_doc,create,delete,index,write,all]',
      ),
    ),
    {
      kind: 'paused',
      reason:
        'http://es refuses us (403): the privilege is missing: index privilege create_doc on logs-a-b (for indices:data/write/bulk, user [bob]); tapline setup elasticsearch --dry-run prints a role that suffices',
    },
  );
  for (const status of [301, 404, 405, 406])
    t.is(
      (whole(status) as { reason: string }).reason,
      `http://es does not take bulk requests (${status}); check the path of --elasticsearch, and whether a proxy in between lets POST …/_bulk through`,
    );
  t.deepEqual(whole(400, error('illegal_argument_exception', 'Malformed action/metadata line [1], SECRET')), {
    kind: 'refused',
    type: 'illegal_argument_exception',
    reason: 'malformed bulk request',
    status: 400,
  });
  t.like(whole(400, error('media_type_header_exception', 'Invalid media-type value')), {
    kind: 'paused',
    reason:
      'http://es is of another version than at the first contact (400 media_type_header_exception); restart the gateway, so that it looks again',
  });
  const block = whole(
    503,
    error('cluster_block_exception', 'blocked by: [SERVICE_UNAVAILABLE/2/no master];'),
  );
  t.deepEqual(block.kind === 'answered' && block.items.map(({ kind }) => kind), ['blocked', 'blocked']);
  t.regex(JSON.stringify(block), /the cluster has no master yet/);
});

test('all items refused for want of a privilege pause the sink', (t) => {
  const refusal = {
    status: 403,
    ...error('security_exception', 'action [indices:data/write/bulk[s]] is unauthorized for user [bob]'),
  };
  const result = whole(200, {
    items: RECORDS.map(({ id }) => ({ create: { _id: id, _index: 'i', ...refusal } })),
  });
  t.deepEqual(result, {
    kind: 'paused',
    reason:
      'http://es refuses us: the privilege is missing: index privilege create_doc on logs-a-b; tapline setup elasticsearch --dry-run prints a role that suffices',
  });
});

test('an answer that cannot be read, or is of other records, is an ambiguous failure and says so', (t) => {
  const good = (record: number): object => ({ create: { _id: RECORDS[record]!.id, status: 201 } });
  const cases: [unknown, string][] = [
    ['{"items":[', 'a bulk answer that is no JSON'],
    ['', 'a bulk answer that is no JSON'],
    [{ errors: false }, 'a bulk answer without items'],
    ['null', 'a bulk answer without items'],
    [{ errors: false, items: [] }, 'a bulk answer with 0 items for 2 records'],
    [{ errors: false, items: [good(0)] }, 'a bulk answer with 1 items for 2 records'],
    [{ errors: false, items: [good(0), good(1), good(1)] }, 'a bulk answer with 3 items for 2 records'],
    [{ errors: false, items: [good(1), good(0)] }, 'a bulk answer with items of other records'],
    [{ errors: false, items: [good(0), { index: {} }] }, 'a bulk answer with an item that cannot be read'],
    [{ errors: false, items: [good(0), null] }, 'a bulk answer with an item that cannot be read'],
    [
      { items: [good(0), { create: { _id: RECORDS[1]!.id, status: '201' } }] },
      'a bulk answer with an item that cannot be read',
    ],
  ];
  for (const [body, what] of cases)
    t.deepEqual(whole(200, body), {
      kind: 'retry',
      reason: `http://es gave ${what}: what is stored is not known, so all of it is sent again`,
      retryAfterMs: null,
      isAmbiguous: true,
      isOverload: false,
    });
});

test('Retry-After in seconds and as a date', (t) => {
  const after = (value: string | string[]): number | null =>
    retryAfterMs(answer(429, '', { 'retry-after': value }), CONTEXT.nowMs);
  t.is(after('0'), 0);
  t.is(after('120'), 120_000);
  t.is(after(['3', '4']), 3000);
  t.is(after('Thu, 01 Jan 2026 00:00:30 GMT'), 30_000);
  t.is(after('Wed, 31 Dec 2025 00:00:00 GMT'), 0);
  t.is(after('soon'), null);
  t.is(after(''), null);
});

test('nothing but an item of the record with a status 2xx or 409 ever counts as stored', (t) => {
  const anyItem = (index: number): fc.Arbitrary<unknown> =>
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({
          create: fc.record(
            {
              _id: fc.oneof(
                { weight: 5, arbitrary: fc.constant(RECORDS[index]!.id) },
                fc.constantFrom(RECORDS[0]!.id, 'another'),
              ),
              _index: fc.constantFrom('.ds-a-000001', '.ds-a-000002'),
              status: fc.oneof(
                fc.integer({ min: 0, max: 999 }),
                fc.constantFrom(200, 201, 409),
                fc.constant('201'),
              ),
              failure_store: fc.constantFrom('used', 'failed', 'not_enabled'),
              error: fc.oneof(
                fc.record({ type: fc.string(), reason: fc.string() }),
                fc.constant({ type: 'cluster_block_exception', reason: 'x' }),
                fc.jsonValue(),
              ),
            },
            { requiredKeys: ['_id', 'status'] },
          ),
        }),
      },
      fc.jsonValue(),
    );
  const anyBody = fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .record({
          items: fc.oneof({ weight: 9, arbitrary: fc.tuple(anyItem(0), anyItem(1)) }, fc.array(anyItem(0))),
        })
        .map((body) => JSON.stringify(body)),
    },
    fc.json(),
    fc.string(),
  );
  let stored = 0;
  fc.assert(
    fc.property(
      fc.oneof({ weight: 9, arbitrary: fc.constant(200) }, fc.integer({ min: 100, max: 599 })),
      anyBody,
      (status, body) => {
        const result = whole(status, body);
        if (result.kind !== 'answered') return;
        t.is(result.items.length, RECORDS.length);
        for (const [index, { kind }] of result.items.entries()) {
          if (kind !== 'delivered' && kind !== 'duplicate' && kind !== 'diverted') continue;
          stored++;
          // oxlint-disable-next-line typescript/no-unsafe-assignment -- it is what was made up above
          const { create } = JSON.parse(body).items[index];
          t.is(status, 200);
          if (kind === 'diverted') t.is(create.failure_store, 'used');
          else if (create.failure_store !== 'used') t.is(create._id, RECORDS[index]!.id);
          if (kind === 'duplicate') t.is(create.status, 409);
          else t.true(create.status >= 200 && create.status < 300);
        }
      },
    ),
    { numRuns: 3000 },
  );
  t.true(stored > 100, 'some of the answers were good');
});
