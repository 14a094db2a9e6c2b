import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import test from 'ava';
import { readMapping } from '../../../src/sinks/otlp/read-mapping.ts';
import { OtlpSettingError } from '../../../src/sinks/otlp/setting-error.ts';
import { type OtlpSignal, readOtlpTarget } from '../../../src/sinks/otlp/target.ts';
import { newOtlpSinks } from '../../../src/sinks/otlp/otlp-sinks.ts';
import { OTLP_OPTIONS } from '../../support/otlp-batch.ts';

const CERT = path.join(import.meta.dirname, '../../support/tls/cert.pem');
const KEY = path.join(import.meta.dirname, '../../support/tls/key.pem');

/** Short names stand for OTEL_EXPORTER_OTLP_…; others are whole. */
function envOf(given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name.startsWith('OTEL_') ? name : `OTEL_EXPORTER_OTLP_${name}`,
      value,
    ]),
  );
}

function shown(signal: OtlpSignal, given: Record<string, string>): Record<string, unknown> | null {
  const target = readOtlpTarget(signal, envOf(given));
  if (target === null) return null;
  const { url, protocol, headers, timeoutMs, compression, isEncrypted } = target;
  return { url: url.href, protocol, headers, timeoutMs, compression, isEncrypted };
}

const DEFAULTS = {
  protocol: 'http/protobuf',
  headers: [],
  timeoutMs: 10_000,
  compression: 'none',
  isEncrypted: false,
};
const A = 'http://a:4318';

test('where logs go, by the variables', (t) => {
  const rows: [Record<string, string>, Record<string, unknown> | null][] = [
    [{}, null],
    [{ ENDPOINT: '' }, null],
    [{ ENDPOINT: ' ' }, null],
    [{ ENDPOINT: A }, { url: 'http://a:4318/v1/logs' }],
    [{ ENDPOINT: `${A}/` }, { url: 'http://a:4318/v1/logs' }],
    [{ ENDPOINT: `${A}/otlp/?k=1` }, { url: 'http://a:4318/otlp/v1/logs?k=1' }],
    [{ ENDPOINT: 'https://a' }, { url: 'https://a/v1/logs', isEncrypted: true }],
    [{ LOGS_ENDPOINT: `${A}/x` }, { url: 'http://a:4318/x' }],
    [{ LOGS_ENDPOINT: A }, { url: 'http://a:4318/' }],
    [{ ENDPOINT: A, LOGS_ENDPOINT: '' }, { url: 'http://a:4318/v1/logs' }],
    [{ ENDPOINT: A, LOGS_ENDPOINT: 'http://b/v1/logs' }, { url: 'http://b/v1/logs' }],
    [{ ENDPOINT: A, TRACES_ENDPOINT: 'http://b/' }, { url: 'http://a:4318/v1/logs' }],
    [{ TRACES_ENDPOINT: 'http://b/' }, null],
    [{ ENDPOINT: A, OTEL_SDK_DISABLED: 'True' }, null],
    [{ ENDPOINT: A, OTEL_SDK_DISABLED: 'no' }, { url: 'http://a:4318/v1/logs' }],
    [{ ENDPOINT: A, OTEL_LOGS_EXPORTER: 'none' }, null],
    [{ ENDPOINT: A, OTEL_LOGS_EXPORTER: 'otlp' }, { url: 'http://a:4318/v1/logs' }],
    [{ ENDPOINT: A, OTEL_TRACES_EXPORTER: 'none' }, { url: 'http://a:4318/v1/logs' }],
    [
      { ENDPOINT: A, PROTOCOL: 'http/json' },
      { url: 'http://a:4318/v1/logs', protocol: 'http/json' },
    ],
    [
      { ENDPOINT: A, PROTOCOL: 'grpc', LOGS_PROTOCOL: 'http/protobuf' },
      { url: 'http://a:4318/v1/logs', protocol: 'http/protobuf' },
    ],
    [
      { ENDPOINT: 'http://a:4317', PROTOCOL: 'grpc' },
      { url: 'http://a:4317/', protocol: 'grpc' },
    ],
    [
      { ENDPOINT: 'a:4317', PROTOCOL: 'grpc' },
      { url: 'https://a:4317/', protocol: 'grpc', isEncrypted: true },
    ],
    [
      { ENDPOINT: 'a:4317', PROTOCOL: 'grpc', INSECURE: 'true' },
      { url: 'http://a:4317/', protocol: 'grpc' },
    ],
    [
      { ENDPOINT: 'https://a:4317', PROTOCOL: 'grpc', INSECURE: 'true' },
      { url: 'https://a:4317/', protocol: 'grpc', isEncrypted: true },
    ],
    [
      { ENDPOINT: A, HEADERS: 'Authorization=Basic%20eA%3D%3D, x=1,', LOGS_HEADERS: 'X=2' },
      {
        url: 'http://a:4318/v1/logs',
        headers: [
          ['authorization', 'Basic eA=='],
          ['x', '2'],
        ],
      },
    ],
    [
      { ENDPOINT: A, TIMEOUT: '2500' },
      { url: 'http://a:4318/v1/logs', timeoutMs: 2500 },
    ],
    [
      { ENDPOINT: A, TIMEOUT: '', LOGS_TIMEOUT: '7' },
      { url: 'http://a:4318/v1/logs', timeoutMs: 7 },
    ],
    [
      { ENDPOINT: A, COMPRESSION: 'gzip' },
      { url: 'http://a:4318/v1/logs', compression: 'gzip' },
    ],
    [
      { ENDPOINT: A, COMPRESSION: 'gzip', LOGS_COMPRESSION: 'none' },
      { url: 'http://a:4318/v1/logs', compression: 'none' },
    ],
  ];
  for (const [given, expected] of rows)
    t.deepEqual(
      shown('logs', given),
      expected === null ? null : { ...DEFAULTS, ...expected },
      JSON.stringify(given),
    );
});

test('traces have variables of their own', (t) => {
  t.is(shown('traces', { ENDPOINT: A })!['url'], 'http://a:4318/v1/traces');
  t.is(shown('traces', { TRACES_ENDPOINT: 'http://b/t' })!['url'], 'http://b/t');
  t.is(shown('traces', { ENDPOINT: A, OTEL_TRACES_EXPORTER: 'none' }), null);
  t.is(shown('traces', { ENDPOINT: A, TRACES_TIMEOUT: '5', TIMEOUT: '6' })!['timeoutMs'], 5);
});

test('a value that cannot be used is an error that names its variable and not its value', (t) => {
  const rows: [Record<string, string>, string][] = [
    [{ ENDPOINT: 'a:4318' }, 'ENDPOINT: expected a URL'],
    [{ ENDPOINT: 'ftp://secret' }, 'ENDPOINT: expected a URL'],
    [{ ENDPOINT: 'http://:x' }, 'ENDPOINT: expected a URL'],
    [{ ENDPOINT: 'http://user:secret@a' }, 'ENDPOINT: credentials do not belong into a URL'],
    [{ ENDPOINT: 'unix:///secret', PROTOCOL: 'grpc' }, 'ENDPOINT: expected a URL'],
    [{ ENDPOINT: `${A}/v1/logs` }, 'ENDPOINT: leave out /v1/'],
    [{ LOGS_ENDPOINT: `${A}/v1/traces` }, 'LOGS_ENDPOINT: it ends with /v1/traces'],
    [{ ENDPOINT: A, PROTOCOL: 'secret' }, 'PROTOCOL: expected http/protobuf, http/json or grpc'],
    [{ ENDPOINT: A, COMPRESSION: 'zstd' }, 'COMPRESSION: expected gzip or none'],
    [{ ENDPOINT: A, TIMEOUT: '10s' }, 'TIMEOUT: expected a whole number'],
    [{ ENDPOINT: A, TIMEOUT: '0' }, 'TIMEOUT: expected a whole number'],
    [{ ENDPOINT: A, INSECURE: 'yes' }, 'INSECURE: expected true or false'],
    [{ ENDPOINT: A, HEADERS: 'a=1,secret' }, 'HEADERS: entry 2: expected name=value'],
    [{ ENDPOINT: A, HEADERS: 'a=%zzsecret' }, 'HEADERS: entry 1: the value is not percent-encoded'],
    [{ ENDPOINT: A, HEADERS: 'a b=secret' }, 'HEADERS: a name is no name'],
    [{ ENDPOINT: A, LOGS_HEADERS: 'a=secret%0d%0ax:y' }, 'LOGS_HEADERS: a value holds characters'],
    [{ ENDPOINT: A, HEADERS: 'Content-Length=5' }, 'HEADERS: content-length is for the protocol to set'],
    [{ ENDPOINT: A, CERTIFICATE: '/secret/none.pem' }, 'CERTIFICATE: the file cannot be read: ENOENT'],
    [{ ENDPOINT: A, CLIENT_KEY: KEY }, 'CLIENT_KEY: a client key and a client certificate belong together'],
    [{ ENDPOINT: A, CLIENT_CERTIFICATE: CERT }, 'CLIENT_CERTIFICATE: a client key and a client certificate'],
    [{ ENDPOINT: A, OTEL_LOGS_EXPORTER: 'console' }, 'OTEL_LOGS_EXPORTER: expected otlp or none'],
    [
      { ENDPOINT: A, OTEL_ATTRIBUTE_COUNT_LIMIT: '-1' },
      'OTEL_ATTRIBUTE_COUNT_LIMIT: expected a whole number',
    ],
    [{ ENDPOINT: A, OTEL_RESOURCE_ATTRIBUTES: 'x' }, 'OTEL_RESOURCE_ATTRIBUTES: entry 1: expected'],
  ];
  for (const [given, expected] of rows) {
    const error = t.throws(
      () => newOtlpSinks(OTLP_OPTIONS, envOf(given), { onPartialSuccess: () => {} }),
      { instanceOf: OtlpSettingError },
      JSON.stringify(given),
    );
    const whole = expected.startsWith('OTEL_') ? expected : `OTEL_EXPORTER_OTLP_${expected}`;
    t.true(error.message.startsWith(whole), error.message);
    t.false(error.message.includes('secret'), error.message);
  }
});

test('certificates and keys are read from their files; a file that is no PEM is told', async (t) => {
  const { tls } = readOtlpTarget(
    'logs',
    envOf({ ENDPOINT: 'https://a', CERTIFICATE: CERT, LOGS_CLIENT_KEY: KEY, CLIENT_CERTIFICATE: CERT }),
  )!;
  t.true(tls.ca!.includes('BEGIN CERTIFICATE'));
  t.true(tls.key!.includes('PRIVATE KEY'));
  t.deepEqual(tls.cert, tls.ca);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'x.der');
  await writeFile(file, 'binary');
  t.throws(() => readOtlpTarget('logs', envOf({ ENDPOINT: 'https://a', CERTIFICATE: file })), {
    message: /CERTIFICATE: the file is no PEM/,
  });
});

test('the service has its name from its variable, the resource attributes or the option', (t) => {
  const nameOf = (env: Record<string, string>): unknown =>
    readMapping('logs', env, OTLP_OPTIONS).resource.attributes['service.name'];
  t.is(nameOf({}), 'shop');
  t.is(nameOf({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=b' }), 'b');
  t.is(nameOf({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=b', OTEL_SERVICE_NAME: 'c' }), 'c');
  t.is(nameOf({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=b', OTEL_SERVICE_NAME: '' }), 'b');
  t.deepEqual(
    readMapping(
      'logs',
      { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=a%2Cb, x = 1' },
      OTLP_OPTIONS,
    ).resource.attributes,
    {
      'telemetry.sdk.name': 'tapline',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': '1.2.3',
      'service.name': 'shop',
      'deployment.environment.name': 'a,b',
      x: '1',
    },
  );
});

test('limits of attributes: the form of the signal before the general one', (t) => {
  const limitsOf = (signal: OtlpSignal, env: Record<string, string>): unknown =>
    readMapping(signal, env, OTLP_OPTIONS).limits;
  const none = Number.POSITIVE_INFINITY;
  t.deepEqual(limitsOf('logs', {}), { maxValueLength: none, maxCount: 128 });
  const general = { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10', OTEL_ATTRIBUTE_COUNT_LIMIT: '20' };
  t.deepEqual(limitsOf('logs', general), { maxValueLength: 10, maxCount: 20 });
  const own = {
    ...general,
    OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '11',
    OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '0',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '22',
  };
  t.deepEqual(limitsOf('logs', own), { maxValueLength: 11, maxCount: 0 });
  t.deepEqual(limitsOf('traces', own), { maxValueLength: 10, maxCount: 22 });
});

test('known methods and headers by their variables', (t) => {
  const mapping = readMapping(
    'logs',
    {
      OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET,PURGE',
      OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS: 'Accept, X-Tag',
      OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS: '*',
    },
    OTLP_OPTIONS,
  );
  t.deepEqual([...mapping.knownMethods], ['GET', 'PURGE']);
  t.deepEqual(mapping.requestHeaders, new Set(['accept', 'x-tag']));
  t.is(mapping.responseHeaders, 'all');
});

test('sinks are there for the signals that are on, with limits that fit into a request', (t) => {
  const sinks = newOtlpSinks(OTLP_OPTIONS, envOf({ ENDPOINT: A, TIMEOUT: '3000' }), {
    onPartialSuccess: () => {},
  });
  t.deepEqual(
    sinks.map(({ name }) => name),
    ['otlp-logs', 'otlp-traces'],
  );
  t.deepEqual(sinks[0]!.limits, {
    maxBatchBytes: 524_288,
    maxBatchRecords: 5000,
    maxWaitMs: 1000,
    maxConcurrency: 4,
    timeoutMs: 3000,
  });
  t.deepEqual(newOtlpSinks(OTLP_OPTIONS, {}, { onPartialSuccess: () => {} }), []);
});
