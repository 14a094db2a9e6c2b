import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../core/ports.ts';
import { type AdminAnswer, adminAnswer, type AdminSources, isLoopbackAddress } from './answer.ts';

/** How long a client may take for its request, and leave its connection idle. */
const TIMEOUT_MS = 10_000;
const MAX_HEAD_BYTES = 8192;
const MAX_HEADERS = 64;
const MAX_CONNECTIONS = 64;

const FAILED: AdminAnswer = {
  status: 500,
  headers: {},
  body: 'The gateway cannot tell; its log says why.\n',
};

/** The port for the operator: `/metrics`, `/healthz`, `/readyz`. It shows, and changes nothing. */
export class AdminServer {
  readonly #server: http.Server;
  readonly #host: string;
  readonly #port: number;
  readonly #log: Log;
  #stopping: Promise<void> | null = null;

  /** @param address `ip:port` or `[ip]:port`; port 0 takes a free one */
  constructor(address: string, sources: AdminSources, log: Log) {
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    this.#port = Number(address.slice(colon + 1));
    this.#log = log;
    const isLoopback = isLoopbackAddress(this.#host);
    this.#server = http.createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        headersTimeout: TIMEOUT_MS,
        requestTimeout: TIMEOUT_MS,
        keepAliveTimeout: TIMEOUT_MS,
        connectionsCheckingInterval: 1000,
      },
      (request, response) => this.#answer(request, response, isLoopback, sources),
    );
    this.#server.maxHeadersCount = MAX_HEADERS;
    this.#server.maxConnections = MAX_CONNECTIONS;
    // A client that does not read its answer is let go.
    this.#server.setTimeout(TIMEOUT_MS, (socket) => socket.destroy());
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
        server.on('error', (error) => this.#log.write('error', `[admin] ${error.message}`));
        const { address, port } = server.address() as AddressInfo;
        resolve({ address, port });
      });
    });
  }

  /** Stops accepting; answers under way have until the deadline. Safe before `start` and twice. */
  stop(deadlineMs: number): Promise<void> {
    return (this.#stopping ??= this.#stop(deadlineMs));
  }

  #stop(deadlineMs: number): Promise<void> {
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

  #answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    isLoopback: boolean,
    sources: AdminSources,
  ): void {
    const { method = '', url = '', headers } = request;
    let answer: AdminAnswer;
    try {
      answer = adminAnswer({ method, target: url, host: headers.host ?? '' }, isLoopback, sources);
    } catch (error) {
      this.#log.write('error', `[admin] ${(error as Error).message}`);
      answer = FAILED;
    }
    // Nothing here wants a body: who sends one is not waited for.
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    response.writeHead(answer.status, {
      ...answer.headers,
      'Content-Length': Buffer.byteLength(answer.body),
      ...(hasBody || this.#stopping !== null ? { Connection: 'close' } : {}),
    });
    response.end(method === 'HEAD' ? undefined : answer.body);
  }
}
