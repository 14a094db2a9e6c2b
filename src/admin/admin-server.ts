import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../core/ports.ts';
import { AdminConnections } from './admin-connections.ts';
import { type AccessRules, isLoopbackAddress, refusal } from './access.ts';
import type { AdminSessions } from './admin-sessions.ts';
import { type AdminAnswer, type Endpoint, type Exposure, problem } from './endpoint.ts';
import type { PageFiles } from './page-files.ts';
import { readBody } from './read-body.ts';
import { type Match, Router } from './router.ts';
import { sendAnswer } from './send-answer.ts';

/** How long a client may take for its request, and leave its connection idle. */
const TIMEOUT_MS = 10_000;
/** How long a client may leave an answer unread; a stream sends something more often. */
const UNREAD_MS = 60_000;
/** A query may be long. */
const MAX_HEAD_BYTES = 16 * 1024;
const MAX_HEADERS = 64;

const FAILED = problem(500, 'The gateway cannot tell; its log says why.');

export interface AdminServerOptions {
  /** `ip:port` or `[ip]:port`; port 0 takes a free one. */
  readonly address: string;
  /** Names that the port answers to, beside addresses and `localhost`. */
  readonly hostNames: readonly string[];
  /** Null where no token is asked for. */
  readonly sessions: AdminSessions | null;
  /** Null for a port without a page. */
  readonly page: PageFiles | null;
  readonly log: Log;
}

/** The port for people and their tools: probes, the API, the page. What may be asked, by whom, how much of it and how long is settled here. */
export class AdminServer {
  readonly #server: http.Server;
  readonly #host: string;
  readonly #port: number;
  readonly #log: Log;
  readonly #page: PageFiles | null;
  readonly #rules: AccessRules;
  readonly #connections = new AdminConnections();
  readonly #stopped = new AbortController();
  #router = new Router([]);
  #isAll = false;
  #stopping: Promise<void> | null = null;

  constructor({ address, hostNames, sessions, page, log }: AdminServerOptions) {
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    this.#port = Number(address.slice(colon + 1));
    this.#log = log;
    this.#page = page;
    this.#rules = {
      isLoopback: isLoopbackAddress(this.#host),
      hostNames: new Set([this.#host, ...hostNames].map((name) => name.toLowerCase())),
      sessions,
    };
    this.#server = http.createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        headersTimeout: TIMEOUT_MS,
        requestTimeout: TIMEOUT_MS,
        keepAliveTimeout: TIMEOUT_MS,
        connectionsCheckingInterval: 1000,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxHeadersCount = MAX_HEADERS;
    this.#server.on('connection', (socket) => this.#connections.accept(socket));
    // A client that does not read its answer is let go.
    this.#server.setTimeout(UNREAD_MS, (socket) => socket.destroy());
  }

  /** What is answered from now on. @param isAll false where more comes: what is not there yet is not said to be nowhere */
  serve(endpoints: readonly Endpoint[], { isAll = true }: { isAll?: boolean } = {}): void {
    this.#router = new Router(endpoints);
    this.#isAll = isAll;
  }

  /** Binds the port. Rejects, with the port and what to do, where that is not possible. */
  start(): Promise<{ readonly address: string; readonly port: number }> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const hint =
          error.code === 'EADDRINUSE'
            ? 'the port is in use; choose another with --gui-port, or 0 for none'
            : error.code === 'EACCES'
              ? 'no permission; ports below 1024 need a privilege'
              : error.message;
        reject(
          new Error(`cannot listen on ${this.#host}:${this.#port} (--gui-port): ${hint}`, { cause: error }),
        );
      });
      server.listen({ host: this.#host, port: this.#port }, () => {
        server.removeAllListeners('error');
        server.on('error', (error) => this.#log.write('error', `[gui] ${error.message}`));
        const { address, port } = server.address() as AddressInfo;
        this.#rules.sessions?.boundTo(port);
        resolve({ address, port });
      });
    });
  }

  /** Stops accepting and ends streams; other answers under way have until the deadline. Safe before `start` and twice. */
  stop(deadlineMs: number): Promise<void> {
    return (this.#stopping ??= this.#stop(deadlineMs));
  }

  #stop(deadlineMs: number): Promise<void> {
    this.#stopped.abort();
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#server.closeAllConnections(), deadlineMs);
      this.#server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const gone = this.#connections.begin(request, response);
    if (gone === null) return;
    const signal = AbortSignal.any([gone, this.#stopped.signal]);
    let answer: AdminAnswer;
    try {
      answer = await this.#answer(request, signal);
    } catch (error) {
      if (signal.aborted) return void response.destroy();
      this.#log.write('error', `[gui] ${(error as Error).message}`);
      answer = FAILED;
    }
    await sendAnswer(answer, { request, response, signal, isLast: this.#stopping !== null }).catch(
      (error: unknown) => {
        this.#log.write('error', `[gui] ${(error as Error).message}`);
        response.destroy();
      },
    );
  }

  async #answer(request: http.IncomingMessage, signal: AbortSignal): Promise<AdminAnswer> {
    const { method = '', url = '', headers } = request;
    const client = request.socket.remoteAddress ?? '';
    if (!url.startsWith('/')) return problem(400, 'The target of a request must begin with /.');
    const question = url.indexOf('?');
    const rawPath = question < 0 ? url : url.slice(0, question);
    const found = this.#router.find(method, rawPath);
    const refused = refusal(
      {
        client,
        method,
        host: headers.host ?? '',
        origin: headers.origin,
        authorization: headers.authorization,
        cookie: headers.cookie,
        site: header(headers, 'sec-fetch-site'),
        mode: header(headers, 'sec-fetch-mode'),
      },
      exposureOf(found),
      this.#rules,
    );
    if (refused !== null) return refused;
    if (found.kind !== 'endpoint') return this.#withoutEndpoint(found, method, headers);
    const { endpoint, path, values } = found;
    const body = await readBody(request, endpoint.description.body?.maxBytes ?? 0, signal);
    if (!Buffer.isBuffer(body)) return body;
    return endpoint.answer({
      method,
      path,
      pathValues: values,
      query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
      headers,
      client,
      body,
      signal,
    });
  }

  async #withoutEndpoint(
    found: Exclude<Match, { kind: 'endpoint' }>,
    method: string,
    headers: http.IncomingHttpHeaders,
  ): Promise<AdminAnswer> {
    switch (found.kind) {
      case 'malformed':
        return problem(400, 'The path is not well formed.');
      case 'other-method':
        return problem(
          405,
          `Only ${found.allowed.join(', ')} are answered here.`,
          {},
          { Allow: found.allowed.join(', ') },
        );
      case 'none': {
        if (!this.#isAll && isApi(found.path))
          return problem(
            503,
            'The gateway is starting: ask again in a second.',
            { state: 'starting' },
            { 'Retry-After': '1' },
          );
        if (method !== 'GET' && method !== 'HEAD')
          return problem(405, 'Only GET and HEAD are answered here.', {}, { Allow: 'GET, HEAD' });
        const file = await this.#page?.answer(
          found.path,
          header(headers, 'accept-encoding'),
          header(headers, 'if-none-match'),
        );
        return file ?? problem(404, 'There is nothing here; the API is under /api (docs/reference/api.md).');
      }
    }
  }
}

function exposureOf(found: Match): Exposure {
  if (found.kind === 'endpoint') return found.endpoint.description.exposure ?? 'private';
  return found.kind === 'none' && !isApi(found.path) ? 'page' : 'private';
}

function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/');
}

function header(headers: http.IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
