import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Inbound } from '../core/context.ts';
import type { Log } from '../core/ports.ts';
import type { ConnectionTotals } from './connection-totals.ts';
import { InboundConnection, type InboundOptions, type SessionMaker } from './inbound.ts';

export interface ListenTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface ListenerOptions extends InboundOptions {
  readonly address: string;
  readonly port: number;
  readonly isReusingPort: boolean;
  readonly tls: ListenTls | null;
  readonly maxConnections: number;
  /** Numbers connections over all listeners of the process. */
  nextConnectionId(): number;
}

const OVER_LIMIT = Buffer.from(
  'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 40\r\nRetry-After: 1\r\nConnection: close\r\n\r\n' +
    'The gateway is at its connection limit.\n',
);

/** A listening socket and its connections. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #makeSession: SessionMaker;
  readonly #totals: ConnectionTotals;
  readonly #log: Log;
  readonly #server: net.Server;
  readonly #connections = new Set<InboundConnection>();
  #onEmpty: (() => void) | null = null;
  #lastLimitLogMs = 0;

  constructor(options: ListenerOptions, totals: ConnectionTotals, log: Log, makeSession: SessionMaker) {
    this.#options = options;
    this.#totals = totals;
    this.#log = log;
    this.#makeSession = makeSession;
    this.#server = this.#createServer();
  }

  /** Binds the port. Rejects with the system's reason, address and port in it. */
  start(): Promise<net.AddressInfo> {
    const { address, port, isReusingPort } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const hint =
          error.code === 'EADDRINUSE'
            ? 'the port is in use; choose another with --listen'
            : error.code === 'EACCES'
              ? 'no permission; ports below 1024 need a privilege'
              : error.message;
        reject(new Error(`cannot listen on ${address}:${port}: ${hint}`, { cause: error }));
      });
      this.#server.listen({ host: address, port, reusePort: isReusingPort, backlog: 4096 }, () => {
        this.#server.removeAllListeners('error');
        this.#server.on('error', (error) => this.#log.write('error', `[listener] ${error.message}`));
        resolve(this.#server.address() as net.AddressInfo);
      });
    });
  }

  /** Stop accepting and drain: resolves when every connection has ended, at the deadline after ending them by force. */
  stop(deadlineMs: number): Promise<void> {
    if (this.#server.listening) this.#server.close();
    for (const connection of this.#connections) connection.drain();
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cut(), deadlineMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends every connection by force. */
  cut(): void {
    for (const connection of this.#connections)
      connection.destroy('the gateway was stopped before the exchange was complete');
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  #createServer(): net.Server {
    const { tls: secure } = this.#options;
    if (secure === null)
      return net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    const server = tls.createServer(
      {
        cert: secure.cert,
        key: secure.key,
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
        handshakeTimeout: 10_000,
        allowHalfOpen: true,
      } as tls.TlsOptions,
      (socket) => this.#accept(socket),
    );
    server.on('tlsClientError', (error) =>
      this.#log.write('warn', `[listener] TLS handshake failed: ${error.message}`),
    );
    return server;
  }

  #accept(socket: net.Socket): void {
    const { maxConnections } = this.#options;
    if (this.#totals.openConnections >= maxConnections) {
      this.#refuse(socket);
      return;
    }
    this.#totals.connections++;
    this.#totals.openConnections++;
    const inbound: Inbound = {
      id: this.#options.nextConnectionId(),
      remoteAddress: plainAddress(socket.remoteAddress ?? ''),
      remotePort: socket.remotePort ?? 0,
      localAddress: plainAddress(socket.localAddress ?? ''),
      localPort: socket.localPort ?? 0,
    };
    const connection = new InboundConnection(
      socket,
      inbound,
      this.#options,
      this.#totals,
      this.#makeSession,
      (closed) => {
        this.#connections.delete(closed);
        this.#totals.openConnections--;
        if (this.#connections.size === 0) this.#onEmpty?.();
      },
    );
    this.#connections.add(connection);
  }

  /** Over the limit the client is told so, instead of a bare close. */
  #refuse(socket: net.Socket): void {
    this.#totals.refusedConnections++;
    const now = performance.now();
    if (now - this.#lastLimitLogMs > 1000) {
      this.#lastLimitLogMs = now;
      this.#log.write(
        'warn',
        `[listener] connection limit of ${this.#options.maxConnections} reached, ${this.#totals.refusedConnections} turned away so far`,
      );
    }
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.end(OVER_LIMIT);
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}

/** An IPv4 address that came in through an IPv6 socket is shown as what it is. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && net.isIPv4(address.slice(7)) ? address.slice(7) : address;
}
