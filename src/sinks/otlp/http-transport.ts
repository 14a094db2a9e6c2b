import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Dispatcher, Pool } from 'undici';
import { hostOf, judgeHttp } from './judge-http.ts';
import type { OtlpTarget } from './target.ts';
import { type OtlpTransport, type OtlpVerdict, type Quote, unanswered, unsent } from './verdict.ts';

const compress = promisify(gzip);
/** Of an answer; the specification bounds a response by 4 MiB, and what is read of it is a few words. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Errors before the first byte of a request has left. */
const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER))/;

/** OTLP over HTTP/1.1 with Protocol Buffers or JSON. */
export async function httpTransport(
  target: OtlpTarget,
  userAgent: string,
  maxConnections: number,
): Promise<OtlpTransport> {
  const undici = await import('undici');
  const { ca, cert, key } = target.tls;
  const pool = new undici.Pool(target.url.origin, {
    connections: maxConnections,
    pipelining: 1,
    // The whole try has one timeout, which the caller's signal holds; a trickling answer must not begin it anew.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: target.timeoutMs,
      ...(ca === null ? {} : { ca }),
      ...(cert === null ? {} : { cert }),
      ...(key === null ? {} : { key }),
    },
  });
  return new HttpTransport(pool, target, userAgent);
}

class HttpTransport implements OtlpTransport {
  readonly #pool: Pool;
  readonly #target: OtlpTarget;
  readonly #headers: Record<string, string>;

  constructor(pool: Pool, target: OtlpTarget, userAgent: string) {
    this.#pool = pool;
    this.#target = target;
    this.#headers = {
      'user-agent': userAgent,
      ...Object.fromEntries(target.headers),
      'content-type': target.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      ...(target.compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    };
  }

  async send(message: Uint8Array, quote: Quote, signal: AbortSignal): Promise<OtlpVerdict> {
    let hasBegun = false;
    try {
      const body =
        this.#target.compression === 'gzip'
          ? await compress(message, { level: constants.Z_BEST_SPEED })
          : message;
      signal.throwIfAborted();
      hasBegun = true;
      const { url } = this.#target;
      const response = await this.#pool.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: this.#headers,
        body,
        signal,
      });
      const bytes = await readBody(response.body);
      if (bytes === null)
        return unanswered(`${hostOf(this.#target)} answered ${response.statusCode} with too long a body`);
      return judgeHttp(
        {
          status: response.statusCode,
          retryAfter: headerOf(response, 'retry-after'),
          contentType: headerOf(response, 'content-type') ?? '',
          body: bytes,
        },
        this.#target,
        quote,
        Date.now(),
      );
    } catch (error) {
      return this.#failure(error as NodeJS.ErrnoException, hasBegun, signal);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #failure(error: NodeJS.ErrnoException, hasBegun: boolean, signal: AbortSignal): OtlpVerdict {
    const { endpointVariable } = this.#target;
    const host = hostOf(this.#target);
    if (!hasBegun) return unsent('given up before it was sent');
    if (signal.aborted) return unanswered(`no answer from ${host} in time`);
    const code = codeOf(error);
    if (CERTIFICATE.test(code))
      return {
        kind: 'paused',
        reason: `the certificate of ${host} is not accepted (${code}): renew it, use the name that it is made for in ${endpointVariable}, or name its authority in OTEL_EXPORTER_OTLP_CERTIFICATE`,
      };
    if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
      return {
        kind: 'paused',
        reason: `${host} does not speak TLS as asked for (${code}): ${endpointVariable} begins with http:// where it speaks none; a client certificate is named in OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`,
      };
    if (/^HPE_|HTTPParserError/.test(code))
      return {
        kind: 'paused',
        reason: `${host} does not speak HTTP/1.1 (${code}): port 4317 is usually gRPC and 4318 HTTP; check ${endpointVariable} and OTEL_EXPORTER_OTLP_PROTOCOL, and https:// where it speaks TLS`,
      };
    if (UNSENT.has(code)) return unsent(`cannot connect to ${host}: ${code}`);
    if (code !== 'UND_ERR_SOCKET') return unanswered(`${host}: ${code}`);
    const { isEncrypted, tls } = this.#target;
    // A server that misses a client certificate says so after the handshake, where this is all that is heard of it.
    const hint =
      isEncrypted && tls.cert === null
        ? '; does it want a client certificate (OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE)?'
        : '';
    return unanswered(`${host} closed the connection without an answer${hint}`);
  }
}

/** Several addresses of one host fail together in an AggregateError, whose code is that of the first. */
function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.name;
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Null for one that is too long. */
async function readBody(body: Dispatcher.ResponseData['body']): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the body and with it the connection.
    if (size > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
