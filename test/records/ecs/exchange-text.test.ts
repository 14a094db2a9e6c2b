import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { TrustedProxies } from '../../../src/codecs/forwarded/trusted-proxies.ts';
import { GatewayAnswer } from '../../../src/codecs/http1/gateway-answer.ts';
import { RequestHead, ResponseHead } from '../../../src/codecs/http1/head.ts';
import { BodyReader } from '../../../src/records/body-reader.ts';
import { ByteBudget } from '../../../src/records/byte-budget.ts';
import { CaptureRules } from '../../../src/records/capture-rules/capture-rules.ts';
import { parseCaptureRule, ruleWords } from '../../../src/records/capture-rules/parse-capture-rule.ts';
import type { EcsDocument } from '../../../src/records/ecs-document.ts';
import { ExchangeText } from '../../../src/records/ecs/exchange-text.ts';
import { Exchange } from '../../../src/records/exchange.ts';
import { encodeFacts, factsOf, type RecordFacts } from '../../../src/records/record-facts.ts';
import { MARKS } from '../../../src/records/record-marks.ts';
import { SecretNames } from '../../../src/records/redaction/secret-names.ts';
import { exchangeDocument } from '../../support/exchange-document.ts';

const who = {
  serviceName: 'shop "quoted" ü',
  runId: 'run-1',
  thread: 3,
  observerVersion: '1.2.3',
  hostName: 'host\\1',
  dataset: 'tapline.http',
  namespace: 'default',
};
const names = new SecretNames({ headers: ['x-mine'], keys: ['code'] });
const bodies = new BodyReader({ names, maxBytes: 400, hash: (bytes) => `hash:${bytes.length}` });

/** Text of header values and targets comes as one character a byte. */
const latin1 = fc
  .oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
    fc.string({ unit: 'grapheme', maxLength: 10 }).map((text) => Buffer.from(text).toString('latin1')),
    fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom(
      'text/html',
      'curl/8.1',
      'Bearer abc.def.ghi',
      'token=s3cret',
      '{"password":"x"}',
      'gzip, br',
    ),
  )
  .filter((text) => !/[\r\n]/.test(text));
const headerName = fc.oneof(
  fc.constantFrom(
    'Host',
    'host',
    'User-Agent',
    'user-agent',
    'Referer',
    'Cookie',
    'Authorization',
    'X-Mine',
    'Content-Type',
    'content-encoding',
    'Accept',
    'X-Forwarded-For',
    'Forwarded',
    'traceparent',
    '__proto__',
    'constructor',
    "o'dd",
  ),
  fc.stringMatching(/^[A-Za-z!#$%&'*+.^_`|~-]{1,12}$/),
);
const headerValue = fc.oneof(
  latin1,
  fc.constantFrom(
    'shop.example:8080',
    '[::1]:80',
    '10.1.2.3',
    'for=192.0.2.60;proto=http',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ),
);
const headers = fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }).map((pairs) => pairs.flat());
const target = fc.oneof(
  fc.constantFrom('/', '*', '/a?token=x&b=1', '/a#frag', '/?', 'http://h:1/x?y#z', 'HTTPS://u:p@h', '/ü'),
  latin1.map((text) => `/${text}`),
);
const body = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
  fc.json({ maxDepth: 2 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom('{"password":"hunter2","a":1}', 'a=1&token=2', '<a secret="x">é</a>')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
);
const injected = fc.record({
  added: fc.dictionary(fc.constantFrom('x-request-id', 'traceparent', 'forwarded'), latin1),
  removed: fc.array(fc.constantFrom('forwarded', 'x-real-ip'), { maxLength: 2 }),
  trace: fc.option(
    fc.record({
      traceId: fc.constant('0af7651916cd43dd8448eb211c80319c'),
      spanId: fc.constant('b7ad6b7169203331'),
      parentId: fc.option(fc.constant('00f067aa0ba902b7')),
    }),
  ),
  requestId: fc.option(latin1),
  recordId: fc.constant(null),
});
const facts = fc.record({
  remoteAddress: fc.constantFrom('127.0.0.1', '::1', '', '10.9.9.9'),
  upstream: fc.constantFrom('', 'app:80', '[::1]:3000', 'app'),
  scheme: fc.constantFrom('http' as const, 'https' as const),
  request: fc.option(
    fc.record({
      method: fc.constantFrom('GET', 'POST', "M'THOD"),
      target,
      protocol: fc.constantFrom('HTTP/1.1', 'HTTP/1.0'),
      headers,
      injected: fc.option(injected),
    }),
  ),
  requestBody: body,
  response: fc.oneof(
    fc.constant(null),
    fc.record({ status: fc.constantFrom(101, 200, 206, 404, 503), headers }),
    fc.constant('gateway' as const),
  ),
  responseBody: body,
  interim: fc.array(fc.constantFrom(100, 103), { maxLength: 2 }),
  refusal: fc.option(fc.string({ unit: 'binary', maxLength: 30 })),
  error: fc.option(fc.tuple(fc.constantFrom('client-closed', 'Timeout'), fc.string({ unit: 'grapheme' }))),
  isTunnel: fc.boolean(),
  timesMs: fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.double({ min: 0, max: 1e6, noNaN: true })),
  /** Null where the request did not end. */
  sendingMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  isAnswerEarly: fc.boolean(),
  rule: fc.constantFrom(null, 'heads method=POST', 'heads status=404'),
  budgetBytes: fc.constantFrom(100_000, 300, 20),
  maxBodyBytes: fc.constantFrom(300, 300, 0),
});

type Facts = typeof facts extends fc.Arbitrary<infer T> ? T : never;

function exchangeOf(given: Facts): Exchange {
  let nowMs = 5;
  const clock = {
    wallMs: () => given.timesMs[0],
    monotonicMs: () => nowMs,
    after: () => ({ cancel() {}, refresh() {} }),
  };
  const exchange = new Exchange(
    {
      id: 7,
      remoteAddress: given.remoteAddress,
      remotePort: 4711,
      localAddress: '127.0.0.1',
      localPort: 80,
      tls: null,
      upstream: given.upstream,
      scheme: given.scheme,
    },
    clock,
    new ByteBudget(given.budgetBytes),
    given.maxBodyBytes,
    given.rule === null ? null : new CaptureRules([parseCaptureRule(ruleWords(given.rule, 'rule'))], () => 0),
    () => null,
  );
  const endRequest = (): void => {
    if (given.sendingMs === null) return;
    nowMs += given.sendingMs;
    exchange.requestEnd();
  };
  if (given.request !== null) {
    const { method, protocol, headers: raw } = given.request;
    const head = new RequestHead(method, given.request.target, protocol, raw);
    head.injected = given.request.injected;
    if (given.requestBody.length > 0) head.framing = { kind: 'length', length: given.requestBody.length };
    exchange.requestHead(head);
    exchange.requestBytes(100 + given.requestBody.length);
    exchange.requestBody(given.requestBody);
    if (!given.isAnswerEarly) endRequest();
  }
  for (const status of given.interim) exchange.interim(status);
  nowMs += given.timesMs[1];
  if (given.response === 'gateway') {
    const answer = new GatewayAnswer(502, 'upstream-closed', 'No answer came.', false);
    exchange.responseHead(answer);
    exchange.answeredByGateway(502);
    exchange.fail({ type: answer.code, message: answer.message });
  } else if (given.response !== null)
    exchange.responseHead(new ResponseHead('HTTP/1.1', given.response.status, 'x', given.response.headers));
  if (given.isAnswerEarly && given.request !== null) endRequest();
  exchange.responseBytes(given.responseBody.length);
  exchange.responseBody(given.responseBody);
  if (given.isTunnel) exchange.tunnel();
  if (given.refusal !== null)
    exchange.refuse({ status: 400, code: 'bad', message: 'Bad.', rawHead: Buffer.from(given.refusal) });
  if (given.error !== null) exchange.fail({ type: given.error[0], message: given.error[1] });
  exchange.responseEnd();
  return exchange;
}

test('says what the plain objects say, to the letter', (t) => {
  for (const trusted of [new TrustedProxies([]), new TrustedProxies(['127.0.0.0/8', '::1/128'])]) {
    // One writer for all: what it remembers of earlier records must not show in later ones.
    const text = new ExchangeText(who, names, bodies, trusted);
    fc.assert(
      fc.property(facts, (given) => {
        const exchange = exchangeOf(given);
        const record = { id: 'id-"1', sequence: 42, timestampMs: exchange.startWallMs };
        const { document: written, facts } = text.of(exchange, record);
        assert.deepEqual(
          JSON.parse(written),
          JSON.parse(JSON.stringify(exchangeDocument(exchange, who, record, names, bodies, trusted))),
        );
        assert.equal(facts, encodeFacts(factsOf(JSON.parse(written) as EcsDocument)).toString());
        return written.isWellFormed();
      }),
      { numRuns: 400 },
    );
  }
  t.pass();
});

test('keys come in the order of the plain objects', (t) => {
  const trusted = new TrustedProxies([]);
  const text = new ExchangeText(who, names, bodies, trusted);
  const exchange = exchangeOf({
    remoteAddress: '127.0.0.1',
    upstream: 'app:80',
    scheme: 'http',
    request: {
      method: 'POST',
      target: '/a/b?c=d#e',
      protocol: 'HTTP/1.1',
      headers: [
        'Host',
        'shop:81',
        'Accept',
        '*/*',
        'User-Agent',
        'x',
        'Accept',
        'a/b',
        'Referer',
        'http://r/',
      ],
      injected: null,
    },
    requestBody: Buffer.from('{"token":"a","b":1}'),
    response: {
      status: 503,
      headers: ['Set-Cookie', 'a=b', 'Content-Type', 'text/plain', 'Set-Cookie', 'c=d'],
    },
    responseBody: Buffer.from('x\u0000y'),
    interim: [100],
    refusal: null,
    error: ['Timeout', 'late'],
    isTunnel: false,
    timesMs: [1_700_000_000_123, 12.5],
    sendingMs: 2.25,
    isAnswerEarly: false,
    rule: null,
    budgetBytes: 100_000,
    maxBodyBytes: 300,
  });
  const record = { id: 'id', sequence: 1, timestampMs: exchange.startWallMs };
  t.is(
    text.of(exchange, record).document,
    JSON.stringify(exchangeDocument(exchange, who, record, names, bodies, trusted)),
  );
});

test('what is remembered of headers is bounded, and holds no secret', (t) => {
  const text = new ExchangeText(who, names, bodies, new TrustedProxies([]));
  const write = (raw: string[]): string => {
    const exchange = exchangeOf({ ...PLAIN, request: { ...PLAIN.request, headers: raw } });
    return text.of(exchange, { id: 'id', sequence: 1, timestampMs: 0 }).document;
  };
  // More names and values than are kept, each again: the same answers as at first.
  for (let round = 0; round < 2; round++)
    for (let index = 0; index < 600; index++) {
      const value = `v-${index}`;
      const written = JSON.parse(write([`X-${index}`, value, 'Date', value, 'Authorization', value])) as {
        http: { request: { headers: Record<string, string> } };
        tapline: { redacted: number };
      };
      t.deepEqual(written.http.request.headers, {
        [`x-${index}`]: value,
        date: value,
        authorization: 'REDACTED',
      });
      t.is(written.tapline.redacted, 1);
    }
  const secret = `token=${randomBytes(8).toString('hex')}`;
  for (let round = 0; round < 3; round++) t.false(write(['X-Free', secret]).includes(secret));
});

test('marks say what happened to a record, beside the document and from it', (t) => {
  const text = new ExchangeText(who, names, bodies, new TrustedProxies([]));
  const factsFor = (given: Partial<Facts>): RecordFacts => {
    const { document, facts } = text.of(exchangeOf({ ...PLAIN, ...given }), RECORD);
    const read = factsOf(JSON.parse(document) as EcsDocument);
    t.is(facts, encodeFacts(read).toString());
    return read;
  };
  const post: Facts['request'] = { ...PLAIN.request, method: 'POST' };
  const secret: Facts['request'] = { ...PLAIN.request, headers: ['Cookie', 'a=b'] };
  const long = Buffer.from('x'.repeat(301));
  const cases: readonly (readonly [string | null, Partial<Facts>])[] = [
    [null, {}],
    [null, { request: null }],
    [null, { request: post, requestBody: Buffer.from('whole') }],
    [null, { request: post, requestBody: Buffer.from([0xff, 0xfe, 0]) }],
    ['redacted', { request: secret }],
    ['redacted', { responseBody: Buffer.from('{"password":"x"}') }],
    ['truncated', { request: post, requestBody: long }],
    ['truncated', { responseBody: long }],
    ['truncated', { refusal: 'x'.repeat(9000) }],
    ['dropped', { responseBody: long, budgetBytes: 20 }],
    ['dropped', { responseBody: long, maxBodyBytes: 0 }],
    ['truncated dropped', { request: post, requestBody: long, responseBody: long, budgetBytes: 300 }],
    ['rule', { request: post, requestBody: long, responseBody: long, rule: 'heads method=POST' }],
    ['rule', { request: post, rule: 'heads method=POST' }],
    [null, { rule: 'heads method=POST' }],
    ['gateway', { response: 'gateway' }],
    [
      'undecoded',
      { response: { status: 200, headers: ['Content-Encoding', 'gzip'] }, responseBody: long.subarray(1) },
    ],
    [
      'redacted truncated gateway',
      { request: { ...post, headers: secret.headers }, requestBody: long, response: 'gateway' },
    ],
  ];
  for (const [marks, given] of cases) t.is(factsFor(given).marks, marks, JSON.stringify(given));
  t.deepEqual(new Set(cases.flatMap(([marks]) => marks?.split(' ') ?? [])), new Set(Object.keys(MARKS)));
});

test('the end of a request is told from its begin, also where the answer came before; not where it did not end', (t) => {
  const text = new ExchangeText(who, names, bodies, new TrustedProxies([]));
  const timesOf = (given: Partial<Facts>): unknown => {
    const all: Facts = {
      ...PLAIN,
      response: { status: 200, headers: [] },
      timesMs: [0, 2],
      ...given,
    };
    const { request, response } = (JSON.parse(text.of(exchangeOf(all), RECORD).document) as EcsDocument)
      .tapline!;
    return [request!.last_byte, response!.first_byte];
  };
  const requestBody = Buffer.from('x');
  t.deepEqual(timesOf({ requestBody, sendingMs: 1.5 }), [1_500_000, 3_500_000]);
  t.deepEqual(timesOf({ requestBody, sendingMs: 1.5, isAnswerEarly: true }), [3_500_000, 2_000_000]);
  t.deepEqual(timesOf({ requestBody, sendingMs: null }), [undefined, 2_000_000]);
  t.deepEqual(timesOf({ sendingMs: 1.5 }), [0, 3_500_000], 'without a body it ended where it began');
  t.deepEqual(timesOf({ request: null, response: null }), [undefined, undefined]);
});

const RECORD = { id: 'id', sequence: 1, timestampMs: 0 };

const PLAIN = {
  remoteAddress: '127.0.0.1',
  upstream: 'app:80',
  scheme: 'http',
  request: { method: 'GET', target: '/', protocol: 'HTTP/1.1', headers: [], injected: null },
  requestBody: Buffer.alloc(0),
  response: null,
  responseBody: Buffer.alloc(0),
  interim: [],
  refusal: null,
  error: null,
  isTunnel: false,
  timesMs: [0, 0],
  sendingMs: 0,
  isAnswerEarly: false,
  rule: null,
  budgetBytes: 100_000,
  maxBodyBytes: 300,
} satisfies Facts;
