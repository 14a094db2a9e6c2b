import test from 'ava';
import { bodyViews } from '../../../../../src/admin/ui/traffic/record/body-views.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import type { ShownBody } from '../../../../../src/admin/ui/traffic/record/shown-record.ts';
import { exchangeWith } from '../../../../support/shown-documents.ts';

function bodyOf(content: string | undefined, sniffed: string | undefined, declared?: string): ShownBody {
  const headers = declared === undefined ? undefined : { 'content-type': declared };
  const response = { mime_type: sniffed, headers, body: { content } };
  return readRecord(exchangeWith({ http: { response } })).response.body;
}

const bestOf = (...args: Parameters<typeof bodyOf>): string | undefined => bodyViews(bodyOf(...args))[0];

test('the content decides which view is the best', (t) => {
  t.is(bestOf('{"a":1}', 'application/json'), 'json');
  t.is(bestOf('{"a":1}', 'application/problem+json'), 'json');
  t.is(bestOf('{}\n{}', 'application/x-ndjson'), 'json');
  t.is(bestOf('<a/>', 'application/xml'), 'markup');
  t.is(bestOf('<svg/>', 'image/svg+xml'), 'markup');
  t.is(bestOf('<!doctype html>', 'text/html'), 'markup');
  t.is(bestOf('a=1', 'application/x-www-form-urlencoded'), 'form');
  t.is(bestOf('--x\r\n', 'multipart/form-data'), 'multipart');
  t.is(bestOf('data: x\n\n', 'text/event-stream'), 'events');
  t.is(bestOf('hello', 'text/plain'), 'text');
  t.is(bestOf('hello', undefined), 'text');
});

test('where it is only text, what was declared decides', (t) => {
  t.is(bestOf('k v=1&b=2', 'text/plain', 'Application/X-WWW-Form-Urlencoded; charset=utf-8'), 'form');
  t.is(bestOf('no form', 'text/plain', 'application/x-www-form-urlencoded'), 'text');
  t.is(bestOf('"a string"', 'text/plain', 'application/json'), 'json');
  t.is(bestOf('--b\r\n', 'text/plain', 'multipart/mixed; boundary=b'), 'multipart');
});

test('text and hex are always there, where anything is', (t) => {
  t.deepEqual(bodyViews(bodyOf('{"a":1}', 'application/json')), ['json', 'text', 'hex']);
  t.deepEqual(bodyViews(bodyOf(undefined, 'image/png')), []);
  t.deepEqual(bodyViews(bodyOf('', 'text/plain')), []);
});
