import { writeFileSync } from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import test from 'ava';
import { SinkNotReady } from '../../../src/sinks/sink.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { batchOf, ELASTICSEARCH_9, makeSink, messageOf, NO_SIGNAL } from '../../support/elasticsearch.ts';
import { startUpstream } from '../../support/fixture.ts';
import { makeDataDir } from '../../support/process.ts';
import { recordOf } from '../../support/records.ts';
import { type ScriptedAnswer, startScriptedServer } from '../../support/scripted-server.ts';

/** Everything is there; nothing must be set up. */
const READY = { elasticsearchSetup: 'off' } as const;
const PRODUCT = ELASTICSEARCH_9.headers;

function root(version: object, headers: Record<string, string> = {}): ScriptedAnswer {
  return { headers, body: { version } };
}

test('what is not a server that we know is said so', async (t) => {
  const cases: [ScriptedAnswer, string, boolean][] = [
    [
      root({ number: '7.17.0' }, PRODUCT),
      'URL is Elasticsearch 7.17.0, which is not supported; Tapline delivers to Elasticsearch 8 and 9 and to OpenSearch 3',
      true,
    ],
    [
      root({ number: '10.0.0' }, PRODUCT),
      'URL is Elasticsearch 10.0.0, which is not supported; Tapline delivers to Elasticsearch 8 and 9 and to OpenSearch 3',
      true,
    ],
    [
      root({ number: '2.19.0', distribution: 'opensearch' }),
      'URL is OpenSearch 2.19.0, which is not supported; Tapline delivers to Elasticsearch 8 and 9 and to OpenSearch 3',
      true,
    ],
    [
      root({ number: '8.9.0' }),
      'URL says it is Elasticsearch 8.9.0, but it is not the product; Tapline delivers to Elasticsearch 8 and 9 and to OpenSearch 3. If it is Elasticsearch, a proxy in between takes the header x-elastic-product away',
      true,
    ],
    [
      { body: '<html>hello' },
      'URL is not Elasticsearch (its answer to GET / has status 200 and names no version); check host, port and path of --elasticsearch',
      true,
    ],
    [
      { status: 404, body: 'no' },
      'URL is not Elasticsearch (its answer to GET / has status 404 and names no version); check host, port and path of --elasticsearch',
      true,
    ],
    [{ status: 503, body: 'starting' }, 'URL is not ready (503): no reason given', false],
    [
      { status: 403, body: { error: { type: 'security_exception', reason: 'no' } } },
      'URL refuses us (403): the privilege is missing: cluster monitor; tapline setup elasticsearch --dry-run prints a role that suffices',
      true,
    ],
    [
      { ending: 'lost' },
      'URL closed the connection without an answer; if this is always so, it may want https:// (UND_ERR_SOCKET)',
      false,
    ],
    [
      { ending: 'cut', body: '{' },
      'URL closed the connection without an answer; if this is always so, it may want https:// (UND_ERR_SOCKET)',
      false,
    ],
    [{ ending: 'hang' }, 'URL did not answer in time (--elasticsearch-timeout)', false],
  ];
  for (const [answer, message, isPermanent] of cases) {
    const server = await startScriptedServer(t, () => answer);
    const { sink } = makeSink(t, server.url, { ...READY, elasticsearchTimeoutMs: 300 });
    const error = await t.throwsAsync(sink.start(NO_SIGNAL), { instanceOf: SinkNotReady });
    t.is(error.message.replaceAll(server.url, 'URL'), message);
    t.is(error.isPermanent, isPermanent, message);
  }
});

test('a server that cannot be reached, or speaks something else', async (t) => {
  const dead = await startScriptedServer(t, () => ({}));
  await dead.close();
  const cases: [string, RegExp, boolean][] = [
    [
      dead.url,
      /^http:\/\/127\.0\.0\.1:\d+ refuses connections: the server is down, or the port is wrong \(Elasticsearch listens on 9200\)$/,
      false,
    ],
    [
      'http://no-such-host.invalid:9200',
      /^http:\/\/no-such-host\.invalid:9200 cannot be found: (?:there is no host of that name; check --elasticsearch|the name server does not answer)$/,
      false,
    ],
    [
      `http://${await startUpstream(t, (socket) => void socket.end('SSH-2.0-OpenSSH_9\r\n'))}`,
      /does not speak HTTP; check the port \(9300 is for nodes among themselves\)$/,
      true,
    ],
    [
      `https://${await startUpstream(t, (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))}`,
      /does not speak TLS; if it speaks plain HTTP, write http:\/\/ in --elasticsearch$/,
      true,
    ],
  ];
  for (const [url, message, isPermanent] of cases) {
    const { sink } = makeSink(t, url, READY);
    const error = await t.throwsAsync(sink.start(NO_SIGNAL), { instanceOf: SinkNotReady });
    t.regex(error.message, message);
    t.is(error.isPermanent, isPermanent);
  }
});

test('certificates: unknown authority, wrong host, expired, pinned; plain HTTP to a TLS port', async (t) => {
  const made = makeCertificates(t);
  const other = makeCertificates(t);
  const good = made.issue('good', 'IP:127.0.0.1');
  const start = async (more: object, certificate = good): Promise<string> => {
    const server = await startScriptedServer(t, () => ELASTICSEARCH_9, certificate);
    const { sink } = makeSink(t, server.url, { ...READY, ...more });
    return messageOf(async () => {
      await sink.start(NO_SIGNAL);
      throw new Error('started');
    }).then((message) => message.replaceAll(server.url, 'URL'));
  };
  t.is(await start({ elasticsearchCa: made.ca }), 'started');
  t.is(
    await start({}),
    'URL has a certificate of an unknown authority; name the authority with --elasticsearch-ca=FILE or --elasticsearch-ca-fingerprint=HEX',
  );
  t.is(await start({ elasticsearchCa: other.ca }), await start({}));
  const wrongHost = made.issue('wrong-host', 'DNS:es.example.test');
  const forOthers =
    'URL has a certificate for other names (DNS:es.example.test); use one of these in --elasticsearch, or give the server a certificate for this one';
  t.is(await start({ elasticsearchCa: made.ca }, wrongHost), forOthers);
  const expired = made.issue('expired', 'IP:127.0.0.1', { isExpired: true });
  const hasExpired = 'URL has a certificate that has expired; renew it on the server';
  t.is(await start({ elasticsearchCa: made.ca }, expired), hasExpired);

  t.is(await start({ elasticsearchCaFingerprint: made.caFingerprint }), 'started');
  t.is(
    await start({ elasticsearchCaFingerprint: made.caFingerprint.replaceAll(':', '').toLowerCase() }),
    'started',
  );
  t.is(
    await start({ elasticsearchCaFingerprint: other.caFingerprint }),
    'URL shows no certificate with the fingerprint of --elasticsearch-ca-fingerprint; compare it (openssl x509 -fingerprint -sha256 -noout -in http_ca.crt), or somebody is in between',
  );
  t.is(await start({ elasticsearchCaFingerprint: made.caFingerprint }, wrongHost), forOthers);
  t.is(await start({ elasticsearchCaFingerprint: made.caFingerprint }, expired), hasExpired);
  t.is(
    await start({ elasticsearchCaFingerprint: 'abc' }),
    '--elasticsearch-ca-fingerprint: expected 64 hexadecimal digits, the SHA-256 fingerprint of the authority (openssl x509 -fingerprint -sha256 -noout -in http_ca.crt)',
  );
  t.is(
    await start({ elasticsearchCa: path.join(made.folder, 'none.pem') }),
    `--elasticsearch-ca: cannot read ${made.folder}/none.pem: ENOENT`,
  );

  t.is(
    await messageOf(() =>
      makeSink(t, 'http://127.0.0.1:1', {
        ...READY,
        elasticsearchCaFingerprint: made.caFingerprint,
      }).sink.start(NO_SIGNAL),
    ),
    '--elasticsearch-ca-fingerprint cannot be checked: http://127.0.0.1:1 shows no certificate; write https:// in --elasticsearch',
  );

  // The authority's own certificate behind a leaf that somebody else has signed in its name.
  const forged = { ...other.issue('forged', 'IP:127.0.0.1') };
  const { cert: ours } = good;
  const theirs = forged.cert.slice(0, forged.cert.indexOf('-----END CERTIFICATE-----') + 26);
  const authority = ours.slice(ours.indexOf('-----END CERTIFICATE-----') + 26);
  t.regex(
    await start({ elasticsearchCaFingerprint: made.caFingerprint }, { ...forged, cert: theirs + authority }),
    /shows (?:no certificate with the fingerprint|certificates whose signatures are wrong)/,
  );

  const tls = await startScriptedServer(t, () => ELASTICSEARCH_9, good);
  const { sink } = makeSink(t, tls.url.replace('https:', 'http:'), READY);
  t.regex(
    await messageOf(() => sink.start(NO_SIGNAL)),
    /^http:\/\/127\.0\.0\.1:\d+ closed the connection without an answer; if this is always so, it may want https:\/\/ \(\w+\)$/,
  );
});

test('credentials come from variables or files, and a file is read again when they are refused', async (t) => {
  const folder = await makeDataDir(t);
  const file = path.join(folder, 'key');
  writeFileSync(file, 'first\n');
  let accepted = 'ApiKey first';
  const server = await startScriptedServer(t, ({ path: asked, headers }) => {
    if (headers.authorization !== accepted) return { status: 401, headers: PRODUCT, body: {} };
    if (asked === '/') return ELASTICSEARCH_9;
    if (asked.startsWith('/_data_stream')) return { status: 404, headers: PRODUCT, body: {} };
    return { headers: PRODUCT, body: { items: [{ create: { _id: recordOf(1).id, status: 201 } }] } };
  });
  const { sink } = makeSink(t, server.url, { ...READY, elasticsearchApiKeyFile: file });
  await sink.start(NO_SIGNAL);
  t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'answered' });
  accepted = 'ApiKey second';
  t.deepEqual(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), {
    kind: 'paused',
    reason: `${server.url} refuses us (401): the API key in ${file} is wrong, has expired or was invalidated; write a new one into that file`,
  });
  writeFileSync(file, 'second');
  t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), {
    kind: 'retry',
    isAmbiguous: false,
    reason: 'the credentials were refused; they have changed in their file and are tried now',
  });
  t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'answered' });

  accepted = `Basic ${Buffer.from('bob:secret').toString('base64')}`;
  const password = { elasticsearchUsername: 'bob', elasticsearchPassword: 'secret' };
  await makeSink(t, server.url, { ...READY, ...password }).sink.start(NO_SIGNAL);
  accepted = `ApiKey ${Buffer.from('id:key').toString('base64')}`;
  await makeSink(t, server.url, { ...READY, elasticsearchApiKey: 'id:key' }).sink.start(NO_SIGNAL);

  const cases: [object, string][] = [
    [
      {},
      'URL refuses us (401): it wants credentials; give TAPLINE_ELASTICSEARCH_API_KEY, --elasticsearch-api-key-file, or --elasticsearch-username and TAPLINE_ELASTICSEARCH_PASSWORD',
    ],
    [
      { elasticsearchApiKey: 'wrong' },
      'URL refuses us (401): the API key of TAPLINE_ELASTICSEARCH_API_KEY is wrong, has expired or was invalidated; make a new one (tapline setup elasticsearch --dry-run prints the request)',
    ],
    [
      password,
      'URL refuses us (401): the user bob or the password of TAPLINE_ELASTICSEARCH_PASSWORD is wrong',
    ],
    [
      { elasticsearchUsername: 'bob', elasticsearchPasswordFile: file },
      `URL refuses us (401): the user bob or the password in ${file} is wrong`,
    ],
    [
      { elasticsearchUsername: 'bob' },
      '--elasticsearch-username=bob has no password; give TAPLINE_ELASTICSEARCH_PASSWORD or --elasticsearch-password-file',
    ],
    [
      { elasticsearchApiKeyFile: path.join(folder, 'none') },
      `--elasticsearch-api-key-file: cannot read ${folder}/none: ENOENT`,
    ],
  ];
  for (const [more, message] of cases) {
    const attempt = makeSink(t, server.url, { ...READY, ...more });
    t.is((await messageOf(() => attempt.sink.start(NO_SIGNAL))).replaceAll(server.url, 'URL'), message);
  }
});

test('credentials in the clear are warned of, once, except to this machine', async (t) => {
  const abort = AbortSignal.abort();
  for (const [url, isWarned] of [
    ['http://es.invalid:9200', true],
    ['http://localhost.invalid', true],
    ['https://es.invalid:9200', false],
    ['http://127.0.0.1:1', false],
    ['http://localhost:1', false],
    ['http://[::1]:1', false],
  ] as const) {
    const { sink, lines } = makeSink(t, url, { ...READY, elasticsearchApiKey: 'k' });
    for (let again = 0; again < 2; again++) await t.throwsAsync(sink.start(abort));
    t.deepEqual(
      lines,
      isWarned
        ? [
            `warn [elasticsearch] credentials and records go to ${url} in the clear: whoever is in between can read them; use https://`,
          ]
        : [],
      url,
    );
  }
});

test('a refusal at the start may be the security index being made: permanent only after some tries', async (t) => {
  const server = await startScriptedServer(t, () => ({ status: 401, headers: PRODUCT, body: {} }));
  const { sink } = makeSink(t, server.url, { ...READY, elasticsearchApiKey: 'k' });
  const permanent: boolean[] = [];
  for (let attempt = 0; attempt < 5; attempt++)
    permanent.push((await t.throwsAsync(sink.start(NO_SIGNAL), { instanceOf: SinkNotReady })).isPermanent);
  t.deepEqual(permanent, [false, false, false, true, true]);
});

test('the media types fit the server, and a bulk is sent once, gzipped, as our own bytes', async (t) => {
  const cases: [ScriptedAnswer, string][] = [
    [ELASTICSEARCH_9, 'application/vnd.elasticsearch+x-ndjson; compatible-with=9'],
    [root({ number: '8.1.0' }, PRODUCT), 'application/vnd.elasticsearch+x-ndjson; compatible-with=8'],
    [root({ number: '3.8.0', distribution: 'opensearch' }), 'application/x-ndjson'],
  ];
  for (const [answer, type] of cases) {
    const server = await startScriptedServer(t, ({ path: asked }) =>
      asked === '/' ? answer : { status: asked.includes('_bulk') ? 503 : 404, headers: answer.headers! },
    );
    const { sink } = makeSink(t, `${server.url}/prefix`.replace('/prefix', ''), READY);
    await sink.start(NO_SIGNAL);
    t.is(server.requests[0]!.headers['content-type'], 'application/json', 'who it is, is not known yet');
    t.like(await sink.send(batchOf([recordOf(1), recordOf(2)]), NO_SIGNAL), { kind: 'retry' });
    const bulks = server.requests.filter(({ path: asked }) => asked.includes('_bulk'));
    t.is(bulks.length, 1, 'the client does not try again by itself');
    t.is(bulks[0]!.headers['content-type'], type);
    t.is(bulks[0]!.headers['content-encoding'], 'gzip');
    t.is(bulks[0]!.headers['transfer-encoding'], undefined);
    t.is(
      bulks[0]!.body,
      [recordOf(1), recordOf(2)]
        .map(({ id, bytes }) => `{"create":{"_id":"${id}"}}\n${bytes.toString()}\n`)
        .join(''),
    );
    t.is(bulks[0]!.path.includes('require_data_stream=true'), answer === ELASTICSEARCH_9);
  }
});

test('what was cut off is ambiguous, what never began is not', async (t) => {
  let bulk: ScriptedAnswer = {};
  const server = await startScriptedServer(t, ({ path: asked }) =>
    asked === '/' ? ELASTICSEARCH_9 : asked.includes('_bulk') ? bulk : { status: 404, headers: PRODUCT },
  );
  const { sink } = makeSink(t, server.url, { ...READY, elasticsearchTimeoutMs: 300 });
  t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'retry', reason: 'not connected' });
  await sink.start(NO_SIGNAL);
  for (const ending of ['lost', 'cut', 'hang'] as const) {
    bulk = { ending, headers: PRODUCT, body: '{"items":[' };
    t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'retry', isAmbiguous: true }, ending);
  }
  bulk = { body: { items: [{ create: { _id: recordOf(1).id, status: 201 } }] } };
  t.deepEqual(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), {
    kind: 'retry',
    reason: `${server.url} is no Elasticsearch any more: the answer does not name the product; is a proxy in between?`,
    retryAfterMs: null,
    isAmbiguous: true,
    isOverload: false,
  });
  const abort = new AbortController();
  bulk = { ending: 'hang' };
  const before = server.requests.length;
  const sending = sink.send(batchOf([recordOf(1)]), abort.signal);
  await server.received(before + 1);
  abort.abort();
  t.like(await sending, { kind: 'retry', isAmbiguous: true });
  t.like(await sink.send(batchOf([recordOf(1)]), abort.signal), { kind: 'retry', isAmbiguous: false });
  await server.close();
  t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'retry', isAmbiguous: false });
  t.like(await sink.send(batchOf([recordOf(1)], 'x'), NO_SIGNAL), { kind: 'retry', isAmbiguous: true });
});

test('of several nodes a dead one is left out', async (t) => {
  const script = ({ path: asked }: { path: string }): ScriptedAnswer =>
    asked === '/'
      ? ELASTICSEARCH_9
      : asked.includes('_bulk')
        ? { headers: PRODUCT, body: { items: [{ create: { _id: recordOf(1).id, status: 201 } }] } }
        : { status: 404, headers: PRODUCT };
  const [one, two] = [await startScriptedServer(t, script), await startScriptedServer(t, script)];
  const { sink } = makeSink(t, [one.url, two.url], READY);
  await sink.start(NO_SIGNAL);
  const send = async (): Promise<string> => (await sink.send(batchOf([recordOf(1)]), NO_SIGNAL)).kind;
  for (let count = 0; count < 4; count++) t.is(await send(), 'answered');
  t.true(one.requests.length > 1 && two.requests.length > 1, 'both are used');
  await one.close();
  const kinds = new Set<string>();
  for (let count = 0; count < 6; count++) kinds.add(await send());
  t.true(kinds.has('answered'));
  for (let count = 0; count < 4; count++) t.is(await send(), 'answered', 'only the living one is asked');
});

test('a host that accepts and says nothing does not hold the start for long', async (t) => {
  const silent = net.createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const { port } = silent.address() as net.AddressInfo;
  const { sink } = makeSink(t, `https://127.0.0.1:${port}`, { ...READY, elasticsearchTimeoutMs: 300 });
  t.regex(await messageOf(() => sink.start(NO_SIGNAL)), /did not answer in time|cannot be reached/);
});
