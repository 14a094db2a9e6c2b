import {
  BaseConnection,
  Client,
  type ClientOptions,
  ClusterConnectionPool,
  type ConnectionOptions,
  type ConnectionRequestOptions,
  type ConnectionRequestParams,
  type ConnectionRequestResponse,
  errors,
  Serializer,
  Transport,
  type TransportOptions,
} from '@elastic/elasticsearch';
import { Pool } from 'undici';
import { ConnectionFault, connectionFault } from './connection-fault.ts';
import type { Credentials } from './credentials.ts';
import { connector } from './connector.ts';
import type { Trust } from './trust.ts';

/** An answer is read up to this; the longest that we ask for has some 200 bytes a record. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const NODES_HEADER = 'x-tapline-node';

/** What the server is taken for: decides on media types and on the product check. */
export type Dialect = 'unknown' | 'elasticsearch-8' | 'elasticsearch-9' | 'opensearch';

/** One request; a path with everything after it. */
export interface ServerRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE';
  readonly path: string;
  /** An object is sent as JSON, bytes as NDJSON, as they are. */
  readonly body?: object | Buffer;
  readonly isGzipped?: boolean;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Any status is an answer. */
export interface ServerAnswer {
  readonly status: number;
  readonly body: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The node that answered. */
  readonly url: string;
}

export interface ElasticsearchClient {
  readonly dialect: Dialect;
  /** Throws ConnectionFault where no answer came. Bytes are sent to one node once; the rest is tried at every node. */
  request(request: ServerRequest): Promise<ServerAnswer>;
  close(): Promise<void>;
}

export interface ClientPorts {
  readonly nodes: readonly string[];
  readonly credentials: Credentials;
  readonly trust: Trust;
  readonly timeoutMs: number;
}

/**
 * The official client, bent to one server: its transport takes the media types of the dialect (9.5.1 has those of 9 built in, which 8 refuses)
 * and leaves the product check out where the product is OpenSearch; its connections keep the codes of errors (its own drop them), read
 * credentials anew for each request, and check a pinned authority in full. It never tries a bulk again by itself.
 */
export function newClient(dialect: Dialect, ports: ClientPorts): ElasticsearchClient {
  const options: ClientOptions = {
    nodes: [...ports.nodes],
    maxRetries: 0,
    requestTimeout: ports.timeoutMs,
    ConnectionPool: ClusterConnectionPool,
    Connection: connectionClass(ports) as NonNullable<ClientOptions['Connection']>,
    Transport: transportClass(dialect) as unknown as NonNullable<ClientOptions['Transport']>,
    Serializer: TextSerializer,
    resurrectStrategy: 'optimistic',
    enableMetaHeader: false,
  };
  const client = new Client(options);
  return {
    dialect,
    async request({ method, path, body, isGzipped = false, signal, timeoutMs }) {
      const isBytes = Buffer.isBuffer(body);
      try {
        const result = await client.transport.request(
          {
            method,
            path,
            ...(body === undefined ? {} : isBytes ? { bulkBody: body as never } : { body: body as never }),
          },
          {
            meta: true,
            maxRetries: isBytes ? 0 : ports.nodes.length - 1,
            ...(signal === undefined ? {} : { signal }),
            ...(timeoutMs === undefined ? {} : { requestTimeout: timeoutMs }),
            ...(isGzipped ? { headers: { 'content-encoding': 'gzip' } } : {}),
          },
        );
        return answerOf(result as RawResult);
      } catch (error) {
        return answerOfError(error);
      }
    },
    close: () => client.close(),
  };
}

interface RawResult {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: unknown;
}

function answerOf({ statusCode, headers, body }: RawResult): ServerAnswer {
  return {
    status: statusCode,
    headers,
    body: typeof body === 'string' ? body : '',
    url: String(headers[NODES_HEADER] ?? ''),
  };
}

function answerOfError(error: unknown): ServerAnswer {
  if (error instanceof errors.ResponseError) return answerOf(error.meta as unknown as RawResult);
  // The client found no product header. What was asked for may have been done all the same.
  if (error instanceof errors.ProductNotSupportedError) {
    const answer = answerOf(error.meta as unknown as RawResult);
    throw new ConnectionFault(
      'broken',
      `${answer.url} is no Elasticsearch any more: the answer does not name the product; is a proxy in between?`,
    );
  }
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ConnectionFault) throw cause;
  throw error;
}

/** Answers stay text: they are read once, by whoever asked. */
class TextSerializer extends Serializer {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the client's signature
  override deserialize<T>(text: string): T {
    return text as T;
  }
}

function transportClass(dialect: Dialect): typeof Transport {
  const version = /^elasticsearch-(\d+)$/.exec(dialect)?.[1];
  const suffix = (type: string): string =>
    version === undefined
      ? `application/${type}`
      : `application/vnd.elasticsearch+${type}; compatible-with=${version}`;
  return class extends Transport {
    constructor(options: TransportOptions) {
      super({
        ...options,
        vendoredHeaders: {
          jsonContentType: suffix('json'),
          ndjsonContentType: suffix('x-ndjson'),
          accept: suffix('json'),
        },
        ...(version === undefined ? { productCheck: undefined } : {}),
        openTelemetry: { enabled: false },
      });
    }
  };
}

function connectionClass({ credentials, trust, timeoutMs }: ClientPorts): typeof BaseConnection {
  return class extends BaseConnection {
    readonly #pool: Pool;

    constructor(options: ConnectionOptions) {
      super(options);
      this.#pool = new Pool(this.url.origin, {
        connect: connector(trust),
        connections: 64,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    }

    override async request(
      params: ConnectionRequestParams,
      options: ConnectionRequestOptions,
    ): Promise<never> {
      const shown = this.url.href.replace(/\/$/, '');
      const deadline = AbortSignal.timeout(options.timeout ?? timeoutMs);
      const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
      const { authorization } = credentials;
      const query = params.querystring == null || params.querystring === '' ? '' : `?${params.querystring}`;
      try {
        const response = await this.#pool.request({
          method: params.method as 'GET',
          path: `${this.url.pathname.replace(/\/$/, '')}${params.path}${query}`,
          headers: {
            ...(params.headers as Record<string, string>),
            ...(authorization === null ? {} : { authorization }),
          },
          body: (params.body ?? null) as Buffer | null,
          signal,
        });
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of response.body as AsyncIterable<Buffer>) {
          if ((size += chunk.length) > MAX_ANSWER_BYTES)
            throw Object.assign(new Error('too long'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
          chunks.push(chunk);
        }
        const answer: ConnectionRequestResponse = {
          statusCode: response.statusCode,
          headers: { ...response.headers, [NODES_HEADER]: shown } as ConnectionRequestResponse['headers'],
          body: Buffer.concat(chunks).toString('utf8'),
        };
        return answer as never;
      } catch (error) {
        throw clientError(connectionFault(error, shown));
      }
    }

    override async close(): Promise<void> {
      await this.#pool.destroy();
    }
  };
}

/** As the client's transport knows it, so that it marks the node; with our own inside. */
function clientError(fault: ConnectionFault): Error {
  const options = { redaction: { type: 'replace' as const }, cause: fault };
  if (fault.kind === 'timeout') return new errors.TimeoutError(fault.message, undefined, options);
  if (fault.kind === 'aborted') return new errors.RequestAbortedError(fault.message, undefined, options);
  return new errors.ConnectionError(fault.message, undefined, options);
}
