import type { Socket } from 'node:net';
import { Flow } from '../core/flow.ts';
import { writeAtTurnEnd, type Writing } from './turn-end.ts';

/** Less than this is copied together: cheaper than telling the system of several pieces. */
const MAX_COPIED_BYTES = 8192;

/** So much does not wait for the end of the turn: a long body would gather in memory, and the peer has enough to do with it. */
const MAX_WAITING_BYTES = 64 * 1024;

/**
 * What waits to be written to a socket: views that lie side by side in memory are joined without a copy, everything of
 * one turn of the event loop leaves in one write. Above `highWaterBytes` the flow is held until the socket has drained.
 */
export class SendQueue implements Writing {
  readonly flow = new Flow();
  readonly #socket: Socket;
  readonly #highWaterBytes: number;
  #views: Buffer[] = [];
  #waitingBytes = 0;
  #isScheduled = false;
  #isHolding = false;
  #isEnding = false;

  constructor(socket: Socket, highWaterBytes: number) {
    this.#socket = socket;
    this.#highWaterBytes = highWaterBytes;
    socket.on('drain', () => this.#letGo());
    socket.on('close', () => this.#letGo());
  }

  /** Bytes accepted and not yet handed to the system. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  write(view: Buffer): void {
    if (view.length === 0 || this.#isEnding) return;
    const last = this.#views.at(-1);
    if (
      last !== undefined &&
      last.buffer === view.buffer &&
      last.byteOffset + last.length === view.byteOffset
    )
      this.#views[this.#views.length - 1] = Buffer.from(
        last.buffer,
        last.byteOffset,
        last.length + view.length,
      );
    else this.#views.push(view);
    this.#waitingBytes += view.length;
    if (this.#waitingBytes >= MAX_WAITING_BYTES) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      writeAtTurnEnd(this);
    }
  }

  /** Hand everything to the socket now. */
  flush(): void {
    // Whoever flushes before the turn ends leaves an empty flush behind: cheaper than looking for it in the list.
    this.#isScheduled = false;
    const views = this.#views;
    if (views.length === 0) return;
    const isSmall = this.#waitingBytes <= MAX_COPIED_BYTES;
    this.#views = [];
    this.#waitingBytes = 0;
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    if (views.length === 1) socket.write(views[0]!);
    else if (isSmall) socket.write(Buffer.concat(views));
    else {
      socket.cork();
      for (const view of views) socket.write(view);
      socket.uncork();
    }
    if (!this.#isHolding && socket.writableNeedDrain && socket.writableLength > this.#highWaterBytes) {
      this.#isHolding = true;
      this.flow.hold();
    }
  }

  /** Write what waits, then FIN. */
  end(): void {
    if (this.#isEnding) return;
    this.flush();
    this.#isEnding = true;
    if (!this.#socket.destroyed) this.#socket.end();
  }

  #letGo(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    this.flow.release();
  }
}
