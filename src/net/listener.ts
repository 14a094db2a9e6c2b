import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Inbound } from '../core/context.ts';
import type { Log } from '../core/ports.ts';
import type { ConnectionTotals } from './connection-totals.ts';
import type { ProxyHeader } from '../codecs/proxy-protocol/header.ts';
import { InboundConnection, type InboundOptions, type SessionMaker } from './inbound.ts';
import { readProxyHeader } from './proxy-header.ts';

export interface ListenTls {
  /** Null, under `--compat`, opens a port on which every handshake fails. */
  readonly cert: string | Buffer | null;
  readonly key: string | Buffer | null;
  /** Certificates that clients must show one of; without it clients need none. */
  readonly trusted?: (string | Buffer)[];
}

/** Where to listen. */
export interface ListenerOptions {
  readonly address: string;
  readonly port: number;
  readonly isReusingPort: boolean;
}

/** What becomes of the connections; a reload puts another in its place. */
export interface Behind extends InboundOptions {
  readonly tls: ListenTls | null;
  readonly proxyProtocol: boolean;
  /** Of all listeners of this thread together. */
  readonly maxConnections: number;
  /** Of this listener. */
  readonly maxOwnConnections: number;
  /** Numbers connections over all listeners of the process. */
  nextConnectionId(): number;
  readonly makeSession: SessionMaker;
}

/** How long a client may take for its TLS handshake. */
const HANDSHAKE_MS = 10_000;

/** How long the proxy before us may take for its header. */
const PROXY_HEADER_MS = 10_000;

const OVER_LIMIT = Buffer.from(
  'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 40\r\nRetry-After: 1\r\nConnection: close\r\n\r\n' +
    'The gateway is at its connection limit.\n',
);

/** A listening socket and its connections. Its port stays bound while programs behind it come and go. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #totals: ConnectionTotals;
  readonly #log: Log;
  readonly #server: net.Server;
  readonly #connections = new Set<InboundConnection>();
  #behind: Behind;
  /** Does the handshakes; it listens to nothing itself. */
  #secure: tls.Server | null = null;
  /** What PROXY headers told of connections whose handshake goes on. */
  readonly #told = new WeakMap<net.Socket, ProxyHeader>();
  #bound: net.AddressInfo | null = null;
  #onEmpty: (() => void) | null = null;
  #lastLimitLogMs = 0;

  /** Throws where the certificate or the key cannot be read. */
  constructor(options: ListenerOptions, behind: Behind, totals: ConnectionTotals, log: Log) {
    this.#options = options;
    this.#totals = totals;
    this.#log = log;
    this.#behind = behind;
    this.#secure = this.#secureServer(behind.tls);
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#admit(socket));
  }

  /** From now on connections, also those that have not sent anything yet, are this one's. */
  serve(behind: Behind): void {
    this.#secure = this.#secureServer(behind.tls);
    this.#behind = behind;
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
        this.#bound = this.#server.address() as net.AddressInfo;
        resolve(this.#bound);
      });
    });
  }

  /** Where it is bound; only after `start`. */
  get address(): net.AddressInfo {
    return this.#bound!;
  }

  /** Stop accepting; open connections live on. Safe twice. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Stop accepting; idle connections are closed, and the others after what they are at. Safe twice. */
  drain(): void {
    this.close();
    for (const connection of this.#connections) connection.drain();
  }

  /** Stop accepting and drain: resolves when every connection has ended, at the deadline after ending them by force. */
  stop(deadlineMs: number): Promise<void> {
    this.drain();
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

  #secureServer(secure: ListenTls | null): tls.Server | null {
    if (secure === null) return null;
    const server = tls.createServer(
      {
        ...(secure.cert === null ? {} : { cert: secure.cert }),
        ...(secure.key === null ? {} : { key: secure.key }),
        ...(secure.trusted === undefined
          ? {}
          : { ca: secure.trusted, requestCert: true, rejectUnauthorized: true }),
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE_MS,
        allowHalfOpen: true,
      } as tls.TlsOptions,
      (socket) => this.#accept(socket, this.#told.get(rawSocketOf(socket)) ?? null),
    );
    server.on('tlsClientError', (error) =>
      this.#log.write('warn', `[listener] TLS handshake failed: ${error.message}`),
    );
    return server;
  }

  /** A connection of the system: first its PROXY header, then its handshake, then it is a connection of the program. */
  #admit(socket: net.Socket): void {
    if (!this.#behind.proxyProtocol) {
      this.#begin(socket, null);
      return;
    }
    readProxyHeader(socket, PROXY_HEADER_MS).then(
      (told) => this.#begin(socket, told),
      (error: Error) => {
        this.#log.write(
          'warn',
          `[listener] connection from ${socket.remoteAddress} refused: ${error.message}`,
        );
        socket.destroy();
      },
    );
  }

  #begin(socket: net.Socket, told: ProxyHeader | null): void {
    if (this.#secure === null) this.#accept(socket, told);
    else {
      if (told !== null) this.#told.set(socket, told);
      this.#secure.emit('connection', socket);
    }
  }

  #accept(socket: net.Socket, told: ProxyHeader | null): void {
    const behind = this.#behind;
    const { maxConnections, maxOwnConnections } = behind;
    if (this.#totals.openConnections >= maxConnections || this.#connections.size >= maxOwnConnections) {
      this.#refuse(socket);
      return;
    }
    this.#totals.connections++;
    this.#totals.openConnections++;
    const inbound: Inbound = {
      id: behind.nextConnectionId(),
      remoteAddress: told?.source?.address ?? plainAddress(socket.remoteAddress ?? ''),
      remotePort: told?.source?.port ?? socket.remotePort ?? 0,
      localAddress: told?.destination?.address ?? plainAddress(socket.localAddress ?? ''),
      localPort: told?.destination?.port ?? socket.localPort ?? 0,
    };
    const connection = new InboundConnection(
      socket,
      inbound,
      behind,
      this.#totals,
      (...args) => this.#behind.makeSession(...args),
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
        `[listener] connection limit of ${Math.min(this.#behind.maxConnections, this.#behind.maxOwnConnections)} reached, ${this.#totals.refusedConnections} turned away so far`,
      );
    }
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.end(OVER_LIMIT);
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}

/** The connection below a TLS one. */
function rawSocketOf(socket: tls.TLSSocket): net.Socket {
  return (socket as unknown as { _parent: net.Socket })._parent;
}

/** An IPv4 address that came in through an IPv6 socket is shown as what it is. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && net.isIPv4(address.slice(7)) ? address.slice(7) : address;
}
