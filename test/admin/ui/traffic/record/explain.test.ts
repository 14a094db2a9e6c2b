import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { END_ERRORS as END_REASONS } from '../../../../../src/core/event.ts';
import { END_ERRORS, MESSAGE_ERRORS } from '../../../../../src/admin/ui/traffic/record/error-words.ts';
import { explain } from '../../../../../src/admin/ui/traffic/record/explain.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import { EXCHANGE, exchangeWith } from '../../../../support/shown-documents.ts';

const SRC = path.join(import.meta.dirname, '../../../../../src');

test('each code of a message that is refused or cannot be read has its words', (t) => {
  const codec = readdirSync(path.join(SRC, 'codecs/http1'))
    .map((file) => readFileSync(path.join(SRC, 'codecs/http1', file), 'utf8'))
    .join('\n');
  const inCodec = [...codec.matchAll(/new Http1Error\(\s*\d{3},\s*([^,]+),/g)].flatMap(([, code]) =>
    // One of two, in one place.
    [...code!.matchAll(/'([a-z0-9-]+)'/g)].map((found) => found[1]!),
  );
  const filter = readFileSync(path.join(SRC, 'filters/inspect-http-request.ts'), 'utf8');
  const inFilter = [...filter.matchAll(/code: '([a-z-]+)'/g)].map(([, code]) => code!);
  t.true(inCodec.length > 30 && inFilter.length >= 3, 'the patterns find codes');
  t.deepEqual([...new Set([...inCodec, ...inFilter])].toSorted(), Object.keys(MESSAGE_ERRORS).toSorted());
});

test('each reason for the end of a stream has its words', (t) => {
  for (const reason of END_REASONS) if (reason !== '') t.true(Object.hasOwn(END_ERRORS, reason), reason);
  const capture = ['capture-request', 'capture-response', 'inspect-http-response']
    .map((file) => readFileSync(path.join(SRC, `filters/${file}.ts`), 'utf8'))
    .join('\n');
  const named = [...capture.matchAll(/'((?:client|upstream|connection)-(?:closed|broken))'/g)].map(
    ([, type]) => type!,
  );
  t.true(named.length >= 4);
  for (const type of named) t.true(Object.hasOwn(END_ERRORS, type), type);
});

const own = (status: number, type: string, message: string): string =>
  explain(
    readRecord(
      exchangeWith({
        http: { response: { status_code: status } },
        error: { type, message },
        tapline: { response: { from_gateway: true } },
      }),
    ),
  )!.sentence;

test('what the gateway answers itself', (t) => {
  t.is(
    own(
      503,
      'ConnectionRefused',
      'The upstream refused the connection. (connect ECONNREFUSED 127.0.0.1:3000)',
    ),
    'The gateway answered 503 itself: the application at 127.0.0.1:3000 refused the connection.',
  );
  t.is(
    own(
      503,
      'ConnectionRefused',
      'The upstream refused the connection. (connect EHOSTUNREACH 127.0.0.1:3000)',
    ),
    'The gateway answered 503 itself: the application at 127.0.0.1:3000 cannot be reached.',
  );
  t.is(
    own(503, 'ConnectionRefused', 'The upstream refused the connection. (TLS: self-signed certificate)'),
    'The gateway answered 503 itself: TLS with the application at 127.0.0.1:3000 failed.',
  );
  t.is(
    own(504, 'Timeout', 'The upstream did not answer within 2000 ms.'),
    'The gateway answered 504 itself: the application at 127.0.0.1:3000 did not answer in time, after 100 ms.',
  );
  t.is(
    own(
      504,
      'Timeout',
      'The upstream did not answer in time. (no connection to 127.0.0.1:3000 within 10000 ms)',
    ),
    'The gateway answered 504 itself: the application at 127.0.0.1:3000 did not accept a connection in time.',
  );
  t.is(
    own(502, 'upstream-closed', 'The upstream closed the connection without an answer.'),
    'The gateway answered 502 itself: the application at 127.0.0.1:3000 closed the connection without an answer.',
  );
  t.is(
    own(502, 'bad-status-line', 'upstream: The status line cannot be read.'),
    'The gateway answered 502 itself: the answer of the application at 127.0.0.1:3000 could not be read: the first line is no HTTP answer.',
  );
});

test('what broke on the way', (t) => {
  const sentence = (type: string, message: string, status: number | undefined): string =>
    explain(
      readRecord(exchangeWith({ error: { type, message }, http: { response: { status_code: status } } })),
    )!.sentence;
  t.is(
    sentence('client-closed', 'The client ended the connection inside its request.', 400),
    'The client closed before its request was complete, after 100 ms.',
  );
  t.is(
    sentence('client-closed', 'The connection ended before the exchange was complete.', 200),
    'The client closed before the answer was complete, after 100 ms.',
  );
  t.is(
    sentence('client-closed', 'The client broke the connection.', undefined),
    'The client closed before any answer came, after 100 ms.',
  );
  t.is(
    sentence('connection-broken', 'upstream: The connection ended inside a message.', 200),
    'The application at 127.0.0.1:3000 broke off in the middle of its answer, after 100 ms.',
  );
  t.is(sentence('my-own', 'It is too late for tea.', 418), 'It is too late for tea.');
});

test('refusals, failures of the application, tunnels, gaps, summaries', (t) => {
  const of = (changes: object): ReturnType<typeof explain> => explain(readRecord(exchangeWith(changes)));
  t.is(explain(readRecord(EXCHANGE)), null);
  t.is(
    of({
      error: { type: 'differing-content-lengths', message: 'Content-Length is given more than once.' },
      http: { response: { status_code: 400 } },
      tapline: { kind: 'refusal', response: { from_gateway: true } },
    })!.sentence,
    'Refused with 400 Bad Request: two Content-Length fields.',
  );
  t.is(
    of({ http: { response: { status_code: 500 } } })!.sentence,
    'The application answered 500 Internal Server Error.',
  );
  t.is(of({ tapline: { kind: 'tunnel' } })!.tone, 'notice');
  t.is(of({ tapline: { kind: 'broken' } })!.tone, 'warning');
  const gap = of({
    tapline: { kind: 'gap', gap: { from: 5, to: 1204, count: 1200, reason: 'spool-full' } },
  })!;
  t.is(gap.sentence, '1,200 records are missing here, sequence 5 to 1204: spool-full.');
  t.regex(gap.advice, /--spool-size/);
  t.is(
    of({ tapline: { kind: 'gap', gap: { from: 5, to: 5, count: 1, reason: 'spool-full' } } })!.sentence,
    '1 record is missing here, sequence 5: spool-full.',
  );
  t.is(
    of({ tapline: { kind: 'summary', capture: 'count', rule: 'count path=/health', summary: { count: 3 } } })!
      .sentence,
    '3 exchanges have no record of their own: a capture rule counts them.',
  );
});

test('a client that speaks TLS where nobody does is told so', (t) => {
  const record = exchangeWith({
    error: { type: 'bad-request-line', message: 'x' },
    tapline: { kind: 'refusal', refused: { head: '\u0016\u0003\u0001' } },
  });
  t.regex(explain(readRecord(record))!.advice, /--tls-cert/);
});

test('names that every object has are no error types', (t) => {
  for (const type of ['constructor', '__proto__', 'toString'])
    t.is(explain(readRecord(exchangeWith({ error: { type, message: 'x' } })))!.sentence, 'X.');
});
