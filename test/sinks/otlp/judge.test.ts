import test from 'ava';
import fc from 'fast-check';
import { judgeGrpc } from '../../../src/sinks/otlp/judge-grpc.ts';
import { judgeHttp } from '../../../src/sinks/otlp/judge-http.ts';
import { quoterOf } from '../../../src/sinks/otlp/quote.ts';
import { type OtlpProtocol, readOtlpTarget } from '../../../src/sinks/otlp/target.ts';
import { batchOf } from '../../support/otlp-batch.ts';
import { recordOf } from '../../support/records.ts';

const CANARY = 'canary4711';
const batch = batchOf([recordOf(1, { url: { path: `/${CANARY}` } })]);
const quote = quoterOf(batch);

function targetOf(protocol: OtlpProtocol) {
  return readOtlpTarget('logs', {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${CANARY}`,
  })!;
}

const status = (message: string): Buffer =>
  Buffer.concat([Buffer.from([0x12, Buffer.byteLength(message)]), Buffer.from(message)]);
const said = fc.string({ maxLength: 40 }).map((text) => `${text} ${CANARY} ${text}`);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  said.map((text) => Buffer.from(text)),
  said.map((text) => status(text.slice(0, 30))),
  fc.json().map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(`{"partialSuccess":${text},"message":${text}}`)),
  said.map((text) => Buffer.from(JSON.stringify({ message: text }))),
);

test('whatever the answer over HTTP, it has a meaning, and its reason nothing of the records or credentials', (t) => {
  fc.assert(
    fc.property(
      fc.record({
        status: fc.integer({ min: 200, max: 599 }),
        retryAfter: fc.option(fc.oneof(fc.string(), fc.nat().map(String))),
        contentType: fc.constantFrom(
          '',
          'application/json',
          'application/x-protobuf',
          'text/plain',
          'text/html',
        ),
        body,
      }),
      fc.constantFrom<OtlpProtocol>('http/json', 'http/protobuf'),
      (answer, protocol) => {
        const verdict = judgeHttp(answer, targetOf(protocol), quote, 0);
        const isSuccess = answer.status < 300;
        if (!isSuccess && verdict.kind === 'accepted') return false;
        if (verdict.kind === 'retry' && verdict.retryAfterMs !== null && !(verdict.retryAfterMs >= 0))
          return false;
        return verdict.kind === 'accepted' ? verdict.rejected >= 0 : !verdict.reason.includes(CANARY);
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});

test('whatever ends a call over gRPC, it has a meaning, and its reason nothing of the records or credentials', (t) => {
  fc.assert(
    fc.property(
      fc.record({
        code: fc.integer({ min: 1, max: 20 }),
        details: said,
        statusDetails: fc.option(body),
      }),
      (failure) => {
        const verdict = judgeGrpc(failure, targetOf('grpc'), quote);
        return verdict.kind !== 'accepted' && !verdict.reason.includes(CANARY);
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});

test('a quote keeps the words of the trade and loses those of the records, control characters and length', (t) => {
  t.is(quote(`rejected record with path "${CANARY}"`), 'rejected record with path "…"');
  t.is(quote('rate limit reached\r\n\u001b[31m for tenant'), 'rate limit reached [31m for tenant');
  t.is(quote(`memory ${CANARY.toUpperCase()}`), 'memory …', 'in whatever case');
  t.is(quote(`value "a\\n${CANARY}\\x00"`), 'value "a … "', 'after an escape');
  t.true(quote('word '.repeat(1000)).length <= 200);
});
