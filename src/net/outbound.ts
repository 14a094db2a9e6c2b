import * as net from 'node:net';
import * as tls from 'node:tls';
import type { EndError } from '../core/event.ts';
import { Flow } from '../core/flow.ts';
import type { Clock, Dialed, Dialer, DialListener, DialOptions, Log, Timer } from '../core/ports.ts';
import { noteRead } from './read-garbage.ts';
import { SendQueue } from './send-queue.ts';
import { parseTarget } from './target.ts';

const RESOLVE_ERRORS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL', 'ENODATA']);

/** Opens TCP and TLS connections for the `connect` filter (spec filters, connect). */
export class SocketDialer implements Dialer {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #highWaterBytes: number;

  /** @param highWaterBytes bytes waiting for a peer above which the other side is not read any more */
  constructor(clock: Clock, log: Log, highWaterBytes: number) {
    this.#clock = clock;
    this.#log = log;
    this.#highWaterBytes = highWaterBytes;
  }

  dial(target: string, options: DialOptions, listener: DialListener): Dialed {
    return new Outbound(target, options, listener, this.#clock, this.#log, this.#highWaterBytes);
  }
}

/**
 * One outbound connection. States: `waiting` (before and between attempts) → `connecting` → `open` → `closed`.
 * What is written before it is open is kept, bounded by the flow of the stream that writes it.
 */
class Outbound implements Dialed {
  readonly sending = new Flow();
  readonly reading = new Flow();
  readonly #target: string;
  readonly #options: DialOptions;
  readonly #listener: DialListener;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #highWaterBytes: number;
  #state: 'waiting' | 'connecting' | 'open' | 'closed' = 'waiting';
  #socket: net.Socket | null = null;
  #queue: SendQueue | null = null;
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #isHoldingEarly = false;
  #isEnding = false;
  #attempts = 0;
  #timer: Timer | null = null;

  constructor(
    target: string,
    options: DialOptions,
    listener: DialListener,
    clock: Clock,
    log: Log,
    highWaterBytes: number,
  ) {
    this.#target = target;
    this.#options = options;
    this.#listener = listener;
    this.#clock = clock;
    this.#log = log;
    this.#highWaterBytes = highWaterBytes;
    this.reading.listen({
      onHold: () => this.#socket?.pause(),
      onRelease: () => this.#socket?.resume(),
    });
    this.#attempt();
  }

  write(bytes: Buffer): void {
    if (this.#state === 'closed' || this.#isEnding) return;
    if (this.#state === 'open') this.#queue!.write(bytes);
    else {
      this.#early.push(bytes);
      this.#earlyBytes += bytes.length;
      if (!this.#isHoldingEarly && this.#earlyBytes > this.#highWaterBytes) {
        this.#isHoldingEarly = true;
        this.sending.hold();
      }
    }
    const limit = this.#options.bufferLimitBytes;
    if (limit === 0 || this.#waitingBytes <= limit) return;
    // What only waits for the end of the turn may be taken at once.
    this.#queue?.flush();
    if (this.#waitingBytes > limit)
      this.#end('BufferOverflow', `more than ${limit} bytes wait for ${this.#target}`);
  }

  get #waitingBytes(): number {
    return this.#earlyBytes + (this.#queue?.waitingBytes ?? 0);
  }

  flush(): void {
    this.#queue?.flush();
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#state === 'open') this.#queue!.end();
  }

  destroy(): void {
    this.#close();
  }

  #attempt(): void {
    const target = parseTarget(this.#target);
    if (target === null) {
      // Told in a later turn, so that whoever dials has its connection in hand when the end comes.
      this.#timer = this.#clock.after(0, () =>
        this.#end('CannotResolve', `invalid target "${this.#target}": expected host:port`),
      );
      return;
    }
    this.#attempts++;
    this.#state = 'connecting';
    const socket = this.#open(target.host, target.port);
    this.#socket = socket;
    socket.setNoDelay(true);
    this.#timer = this.#clock.after(this.#options.connectTimeoutMs, () =>
      this.#failedAttempt(
        'Timeout',
        `no connection to ${this.#target} within ${this.#options.connectTimeoutMs} ms`,
      ),
    );
    socket.once(this.#options.tls === null ? 'connect' : 'secureConnect', () => this.#opened());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    socket.on('close', () => this.#closed());
  }

  #open(host: string, port: number): net.Socket {
    const { tls: secure, preface } = this.#options;
    if (secure === null) {
      const plain = net.connect({ host, port, allowHalfOpen: true });
      if (preface !== undefined) plain.write(preface);
      return plain;
    }
    // What goes before the handshake goes over the plain connection.
    const below = preface === undefined ? null : net.connect({ host, port, allowHalfOpen: true });
    if (preface !== undefined) below!.write(preface);
    return tls.connect({
      ...(below === null ? { host, port } : { socket: below }),
      // An address is no server name (RFC 6066 section 3).
      servername: secure.sni ?? (net.isIP(host) === 0 ? host : ''),
      rejectUnauthorized: secure.verify,
      ALPNProtocols: ['http/1.1'],
      ...(secure.cert === undefined ? {} : { cert: secure.cert }),
      ...(secure.key === undefined ? {} : { key: secure.key }),
      ...(secure.trusted === undefined
        ? {}
        : { ca: secure.trusted as string | Buffer | (string | Buffer)[] }),
    });
  }

  #opened(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#timer?.cancel();
    this.#timer = null;
    const socket = this.#socket!;
    const queue = new SendQueue(socket, this.#highWaterBytes);
    this.#queue = queue;
    queue.flow.listen({ onHold: () => this.sending.hold(), onRelease: () => this.sending.release() });
    socket.on('data', (bytes: Buffer) => {
      noteRead(bytes.length);
      this.#listener.onBytes(bytes);
    });
    socket.on('end', () => this.#end('', ''));
    if (this.reading.isHeld) socket.pause();
    if (this.#options.idleTimeoutMs > 0)
      socket.setTimeout(this.#options.idleTimeoutMs, () =>
        this.#end('Timeout', `${this.#target} was idle for ${this.#options.idleTimeoutMs} ms`),
      );
    this.#listener.onConnect?.();
    for (const bytes of this.#early) queue.write(bytes);
    this.#early = [];
    this.#earlyBytes = 0;
    if (this.#isHoldingEarly) {
      this.#isHoldingEarly = false;
      this.sending.release();
    }
    if (this.#isEnding) queue.end();
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#state === 'open') {
      this.#end('ReadError', error.message);
      return;
    }
    if (this.#state !== 'connecting') return;
    // A host with several addresses fails with all its reasons at once.
    const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
    const message = first.message || error.message || String(error.code);
    if (RESOLVE_ERRORS.has(first.code ?? '')) this.#end('CannotResolve', message);
    else if (this.#options.tls !== null && !isConnectError(first))
      this.#end('ConnectionRefused', `TLS: ${message}`);
    else this.#failedAttempt('ConnectionRefused', message);
  }

  #failedAttempt(error: EndError, message: string): void {
    this.#timer?.cancel();
    this.#socket?.destroy();
    const { retryCount, retryDelayMs } = this.#options;
    if (retryCount >= 0 && this.#attempts > retryCount) {
      this.#end(error, message);
      return;
    }
    this.#state = 'waiting';
    this.#timer = this.#clock.after(retryDelayMs, () => this.#attempt());
  }

  #closed(): void {
    if (this.#state === 'open') this.#end('', '');
    else if (this.#state === 'connecting') this.#end('ConnectionRefused', 'closed while connecting');
  }

  #end(error: EndError, message: string): void {
    if (this.#state === 'closed') return;
    if (error !== '' && this.#state !== 'open' && this.#options.isQuiet !== true)
      this.#log.write('error', `[connect] ${this.#target}: ${error}${message === '' ? '' : `: ${message}`}`);
    const isClean = error === '' && !this.#isEnding;
    // The peer's end is told while our own direction may still have bytes to send: those go out, then the socket closes.
    if (isClean && this.#queue !== null) this.#queue.end();
    const socket = this.#socket;
    this.#close(isClean ? 'after-writes' : 'at-once');
    if (isClean && socket !== null) socket.setTimeout(2000, () => socket.destroy());
    this.#listener.onEnd(error, message);
  }

  #close(how: 'at-once' | 'after-writes' = 'at-once'): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#timer?.cancel();
    this.#timer = null;
    this.#early = [];
    if (this.#isHoldingEarly) {
      this.#isHoldingEarly = false;
      this.sending.release();
    }
    if (how === 'after-writes') return;
    // What came before the end of this turn has passed.
    this.#queue?.flush();
    this.#socket?.destroy();
  }
}

function isConnectError(error: NodeJS.ErrnoException): boolean {
  return error.syscall === 'connect' || error.code === 'ETIMEDOUT';
}
