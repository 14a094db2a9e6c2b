import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Inbound } from '../core/context.ts';
import { Data } from '../core/data.ts';
import { type Event, SessionEnd } from '../core/event.ts';
import { Flow } from '../core/flow.ts';
import type { Session } from '../core/pipeline.ts';
import { Stream } from '../core/stream.ts';
import type { ConnectionTotals } from './connection-totals.ts';
import { noteRead } from './read-garbage.ts';
import { SendQueue } from './send-queue.ts';

/** How long, and for how many bytes, a connection that we ended is still read, so that the peer gets our last answer
 * instead of a reset (RFC 9112 section 9.6). */
const LINGER_MS = 2000;
const LINGER_BYTES = 1024 * 1024;

export interface InboundOptions {
  readonly idleTimeoutMs: number;
  /** Bytes waiting for the client above which its upstream is not read any more. */
  readonly sendBufferBytes: number;
}

/** Makes the session of a connection at its first event. */
export type SessionMaker = (inbound: Inbound, stream: Stream, output: (event: Event) => void) => Session;

/**
 * One accepted connection (spec language 4.2, docs/specs/stream-end.md). States: `open` → `ending` (the pipeline ended:
 * the rest is written, what the client still sends is counted and thrown away) → `closed`. No session exists before the
 * first bytes: an idle connection costs its socket and little more.
 */
export class InboundConnection {
  readonly inbound: Inbound;
  readonly #socket: Socket;
  readonly #options: InboundOptions;
  readonly #makeSession: SessionMaker;
  readonly #totals: ConnectionTotals;
  readonly #onClose: (connection: InboundConnection) => void;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #session: Session | null = null;
  #stream: Stream | null = null;
  #queue: SendQueue | null = null;
  #lingeredBytes = 0;
  #isDraining = false;

  constructor(
    socket: Socket,
    inbound: Inbound,
    options: InboundOptions,
    totals: ConnectionTotals,
    makeSession: SessionMaker,
    onClose: (connection: InboundConnection) => void,
  ) {
    this.inbound = inbound;
    this.#socket = socket;
    this.#options = options;
    this.#totals = totals;
    this.#makeSession = makeSession;
    this.#onClose = onClose;
    socket.setNoDelay(true);
    if (options.idleTimeoutMs > 0) socket.setTimeout(options.idleTimeoutMs);
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('timeout', this.#onTimeout);
    socket.on('close', this.#onSocketClose);
  }

  /** Finish what is in flight, then close; an idle connection closes now (spec cli 5). */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    if (this.#state !== 'open') return;
    if (this.#stream === null) {
      this.#socket.destroy();
      return;
    }
    const activity = this.#stream.activity;
    if (activity === null) return;
    activity.onIdle = () => this.#finish('');
    if (activity.isIdle()) this.#finish('');
  }

  /** Close now; what is in flight is recorded as cut. */
  destroy(message: string): void {
    if (this.#state === 'closed') return;
    this.#release(new SessionEnd('Timeout', message));
    this.#queue?.flush();
    this.#socket.destroy();
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#totals.receivedBytes += bytes.length;
    noteRead(bytes.length);
    if (this.#state !== 'open') {
      this.#totals.discardedBytes += bytes.length;
      this.#lingeredBytes += bytes.length;
      if (this.#lingeredBytes > LINGER_BYTES) this.#socket.destroy();
      return;
    }
    const session = this.#begin();
    session.input(Data.of(bytes));
    session.input(Data.flushMark());
  };

  readonly #onEnd = (): void => {
    if (this.#state !== 'open') return;
    if (this.#session === null) this.#socket.end();
    else this.#session.input(new SessionEnd());
  };

  readonly #onError = (error: Error): void => {
    if (this.#state === 'closed') return;
    this.#release(new SessionEnd('ReadError', error.message));
  };

  readonly #onTimeout = (): void => {
    if (this.#state === 'open')
      this.#release(new SessionEnd('Timeout', `idle for ${this.#options.idleTimeoutMs} ms`));
    this.#queue?.flush();
    this.#socket.destroy();
  };

  readonly #onSocketClose = (): void => {
    if (this.#state === 'closed') return;
    this.#release(new SessionEnd('ReadError', 'the client closed the connection'));
    this.#state = 'closed';
    this.#onClose(this);
  };

  #begin(): Session {
    if (this.#session !== null) return this.#session;
    const reading = new Flow();
    reading.listen({ onHold: () => this.#socket.pause(), onRelease: () => this.#socket.resume() });
    const queue = new SendQueue(this.#socket, this.#options.sendBufferBytes);
    this.#queue = queue;
    this.#stream = new Stream(reading, queue.flow);
    this.#session = this.#makeSession(this.inbound, this.#stream, this.#output);
    if (this.#isDraining) {
      this.#isDraining = false;
      queueMicrotask(() => this.drain());
    }
    return this.#session;
  }

  readonly #output = (event: Event): void => {
    if (event.kind === 'data') {
      if (event.size === 0) return;
      this.#totals.sentBytes += event.size;
      if (this.#state === 'open') for (const view of event.views) this.#queue!.write(view);
      return;
    }
    if (event.kind === 'session-end') this.#finish(event.error);
  };

  /** The pipeline is through: write the rest and close; an error is never shown to the client as a clean end. */
  #finish(error: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    // Not while a stage is still emitting: releasing ends the very sockets whose events are being handled.
    queueMicrotask(() => this.#release(new SessionEnd()));
    const socket = this.#socket;
    if (error !== '' && error !== 'Refused') {
      this.#queue?.flush();
      const reset = (): void => {
        if (socket instanceof TLSSocket) socket.destroy();
        else socket.resetAndDestroy();
      };
      if (socket.writableLength === 0) reset();
      else {
        socket.once('drain', reset);
        socket.setTimeout(LINGER_MS);
      }
      return;
    }
    this.#queue?.end();
    if (this.#queue === null) socket.end();
    // A slow reader of a long answer may take its time; the lingering begins when all is written.
    const linger = (): void => {
      if (socket.destroyed) return;
      const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
      // Most clients close at once: the timer would keep all of the connection until its time.
      socket.once('close', () => clearTimeout(timer));
    };
    if (socket.writableFinished) linger();
    else socket.once('finish', linger);
  }

  #release(reason: SessionEnd): void {
    const session = this.#session;
    if (session === null) {
      if (this.#state === 'open') this.#state = 'ending';
      return;
    }
    this.#session = null;
    if (this.#state === 'open') {
      session.input(reason);
      this.#state = 'ending';
    }
    session.release(reason);
    if (!this.#socket.destroyed && this.#socket.isPaused()) this.#socket.resume();
  }
}
