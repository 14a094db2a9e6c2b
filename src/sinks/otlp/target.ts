import { readFileSync } from 'node:fs';
import { type Environment, firstSetting, isTrue, pairs, type Setting, wholeNumber } from './environment.ts';
import { OtlpSettingError } from './setting-error.ts';

export type OtlpSignal = 'logs' | 'traces';
export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc';

/** Where a signal goes, and how. */
export interface OtlpTarget {
  readonly signal: OtlpSignal;
  readonly protocol: OtlpProtocol;
  /** With its path for HTTP; for gRPC only its host and port count. */
  readonly url: URL;
  readonly isEncrypted: boolean;
  /** The variable that names the endpoint, for advice. */
  readonly endpointVariable: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  /** Of one try, from its begin to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly tls: OtlpTls;
}

/** PEM; null where the variable is not set. */
export interface OtlpTls {
  readonly ca: Buffer | null;
  readonly key: Buffer | null;
  readonly cert: Buffer | null;
}

const PROTOCOLS: readonly string[] = ['http/protobuf', 'http/json', 'grpc'] satisfies OtlpProtocol[];
const COMPRESSIONS: readonly string[] = ['gzip', 'none'];
const HEADERS_OF_PROTOCOL: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);
const TIMEOUT_MS = 10_000;
/** Longest delay that a timer takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Reads where a signal goes (OpenTelemetry protocol exporter specification: the variable of the signal before the general one). Null where
 * no endpoint is set, the exporter of the signal is `none` or the SDK is disabled. Throws OtlpSettingError.
 */
export function readOtlpTarget(signal: OtlpSignal, env: Environment): OtlpTarget | null {
  const upper = signal.toUpperCase();
  const names = (what: string): string[] => [
    `OTEL_EXPORTER_OTLP_${upper}_${what}`,
    `OTEL_EXPORTER_OTLP_${what}`,
  ];
  const endpoint = firstSetting(env, names('ENDPOINT'));
  if (endpoint === null || isTrue(env, 'OTEL_SDK_DISABLED') || !isExported(env, `OTEL_${upper}_EXPORTER`))
    return null;
  const protocol = oneOf(firstSetting(env, names('PROTOCOL')), PROTOCOLS, 'http/protobuf') as OtlpProtocol;
  const isInsecure = readSwitch(firstSetting(env, names('INSECURE')));
  const isGeneral = endpoint.name === `OTEL_EXPORTER_OTLP_ENDPOINT`;
  const url = protocol === 'grpc' ? grpcUrl(endpoint, isInsecure) : httpUrl(endpoint);
  if (protocol !== 'grpc' && isGeneral) {
    if (/\/v1\/(?:logs|traces|metrics)\/?$/.test(url.pathname))
      throw new OtlpSettingError(endpoint.name, 'leave out /v1/…, which is appended for each signal');
    url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`;
  }
  const other = signal === 'logs' ? 'traces' : 'logs';
  if (protocol !== 'grpc' && url.pathname.endsWith(`/v1/${other}`))
    throw new OtlpSettingError(endpoint.name, `it ends with /v1/${other}, which takes no ${signal}`);
  const key = firstSetting(env, names('CLIENT_KEY'));
  const cert = firstSetting(env, names('CLIENT_CERTIFICATE'));
  if ((key === null) !== (cert === null))
    throw new OtlpSettingError(
      (key ?? cert)!.name,
      'a client key and a client certificate belong together: set both or neither',
    );
  return {
    signal,
    protocol,
    url,
    isEncrypted: url.protocol === 'https:',
    endpointVariable: endpoint.name,
    headers: readHeaders(env, signal),
    timeoutMs: Math.min(wholeNumber(env, names('TIMEOUT'), 1, TIMEOUT_MS), MAX_TIMEOUT_MS),
    compression: oneOf(firstSetting(env, names('COMPRESSION')), COMPRESSIONS, 'none') as 'gzip' | 'none',
    tls: {
      ca: readPem(firstSetting(env, names('CERTIFICATE'))),
      key: readPem(key),
      cert: readPem(cert),
    },
  };
}

/** `OTEL_LOGS_EXPORTER`, `OTEL_TRACES_EXPORTER`: `otlp`, which is the default, or `none`. */
function isExported(env: Environment, name: string): boolean {
  return oneOf(firstSetting(env, [name]), ['otlp', 'none'], 'otlp') === 'otlp';
}

/** Headers of the general variable, and over them those of the signal's. */
function readHeaders(env: Environment, signal: OtlpSignal): [string, string][] {
  const headers = new Map<string, string>();
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`])
    for (const [key, value] of pairs(firstSetting(env, [name]))) {
      if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(key))
        throw new OtlpSettingError(name, 'a name is no name of a header field');
      if (HEADERS_OF_PROTOCOL.has(key.toLowerCase()))
        throw new OtlpSettingError(name, `${key.toLowerCase()} is for the protocol to set`);
      if (!/^[\x20-\x7e]*$/.test(value))
        throw new OtlpSettingError(name, 'a value holds characters beyond printable ASCII');
      headers.set(key.toLowerCase(), value);
    }
  return [...headers];
}

function httpUrl(endpoint: Setting): URL {
  const what = 'expected a URL such as http://127.0.0.1:4318';
  if (!/^https?:\/\//i.test(endpoint.value)) throw new OtlpSettingError(endpoint.name, what);
  return parseUrl(endpoint, endpoint.value, what);
}

/** The scheme says whether it is encrypted; without one, `OTEL_EXPORTER_OTLP_INSECURE` does. */
function grpcUrl(endpoint: Setting, isInsecure: boolean): URL {
  const what = 'expected a URL such as http://127.0.0.1:4317 or a host and port';
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint.value);
  if (hasScheme && !/^https?:/i.test(endpoint.value)) throw new OtlpSettingError(endpoint.name, what);
  const text = hasScheme ? endpoint.value : `${isInsecure ? 'http' : 'https'}://${endpoint.value}`;
  return parseUrl(endpoint, text, what);
}

function parseUrl(endpoint: Setting, text: string, what: string): URL {
  if (!URL.canParse(text)) throw new OtlpSettingError(endpoint.name, what);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new OtlpSettingError(
      endpoint.name,
      'credentials do not belong into a URL: set OTEL_EXPORTER_OTLP_HEADERS=authorization=Basic%20…',
    );
  url.hash = '';
  return url;
}

function oneOf(setting: Setting | null, values: readonly string[], fallback: string): string {
  if (setting === null) return fallback;
  const value = setting.value.toLowerCase();
  if (!values.includes(value))
    throw new OtlpSettingError(
      setting.name,
      `expected ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
    );
  return value;
}

function readSwitch(setting: Setting | null): boolean {
  return oneOf(setting, ['true', 'false'], 'false') === 'true';
}

function readPem(setting: Setting | null): Buffer | null {
  if (setting === null) return null;
  let pem: Buffer;
  try {
    pem = readFileSync(setting.value);
  } catch (error) {
    throw new OtlpSettingError(
      setting.name,
      `the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
    );
  }
  if (!pem.includes('-----BEGIN '))
    throw new OtlpSettingError(
      setting.name,
      'the file is no PEM: it has no line that begins with -----BEGIN',
    );
  return pem;
}
