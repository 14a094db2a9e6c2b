import * as net from 'node:net';
import { AnswerCounter } from '../answer-counter.ts';
import type { LoadOrder, LoadResult } from '../generator.ts';
import { OwnLatency } from './own-latency.ts';
import { requestBytes } from './request-bytes.ts';

/** How long after the end answers are waited for. */
const LAST_ANSWERS_MS = 10_000;

/** When requests are due: at full speed at once, at a constant rate at their time, whatever the answers do. */
interface Schedule {
  /** When the next one is due, in ms; null where none is due yet, or any more. */
  next(nowMs: number): number | null;
  isOver(nowMs: number): boolean;
}

/**
 * Sends requests as an order says. At a constant rate the latency is from the time when the request was due, so that a stall counts for all that it
 * delays; it is due to within a millisecond.
 */
export async function sendRequests(order: LoadOrder): Promise<LoadResult> {
  const startMs = performance.now();
  const schedule = scheduleOf(order, startMs);
  const latency = new OwnLatency();
  const totals = { requests: 0, errors: 0 };
  const idle: Lane[] = [];
  let open = 0;
  const { promise: allEnded, resolve: ended } = Promise.withResolvers<void>();

  class Lane {
    readonly #batch = Buffer.concat(
      Array.from({ length: order.pipelined }, () =>
        requestBytes(order.request, { url: order.url, isLast: order.isNewConnectionEach }),
      ),
    );
    #socket: net.Socket | null = null;
    #dueMs: number | null = null;
    /** Answers that the connection must have given once its last requests are answered. */
    #wanted = 0;

    send(dueMs: number): void {
      this.#dueMs = dueMs;
      this.#socket ??= this.#connect();
      this.#wanted += order.pipelined;
      this.#socket.write(this.#batch);
    }

    close(): void {
      this.#socket?.destroy();
    }

    #connect(): net.Socket {
      const { hostname, port } = new URL(order.url);
      const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
      const counter = new AnswerCounter();
      this.#wanted = 0;
      socket.on('data', (bytes: Buffer) => {
        const failuresBefore = counter.failures;
        try {
          counter.feed(bytes);
        } catch {
          socket.destroy();
          return;
        }
        totals.errors += counter.failures - failuresBefore;
        if (counter.answers === this.#wanted && this.#dueMs !== null) this.#answered();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (this.#socket !== socket) return;
        this.#socket = null;
        if (this.#dueMs === null) return;
        totals.errors += order.pipelined;
        this.#dueMs = null;
        free(this);
      });
      return socket;
    }

    #answered(): void {
      const nowMs = performance.now();
      latency.add(nowMs - this.#dueMs!);
      totals.requests += order.pipelined;
      this.#dueMs = null;
      if (order.isNewConnectionEach) {
        this.#socket?.destroy();
        this.#socket = null;
      }
      free(this);
    }
  }

  const free = (lane: Lane): void => {
    open--;
    idle.push(lane);
    dispatch();
  };
  const dispatch = (): void => {
    const nowMs = performance.now();
    while (idle.length > 0) {
      const dueMs = schedule.next(nowMs);
      if (dueMs === null) break;
      open++;
      idle.pop()!.send(dueMs);
    }
    if (open === 0 && schedule.isOver(nowMs)) ended();
  };

  for (let count = 0; count < order.load.connections; count++) idle.push(new Lane());
  const lanes = [...idle];
  const ticking = setInterval(dispatch, 1);
  const late = setTimeout(ended, order.seconds * 1000 + LAST_ANSWERS_MS);
  dispatch();
  await allEnded;
  clearInterval(ticking);
  clearTimeout(late);
  const seconds = (performance.now() - startMs) / 1000;
  const mayBeCut = open * order.pipelined;
  totals.errors += mayBeCut;
  for (const lane of lanes) lane.close();
  return { ...totals, seconds, latencyMs: latency.latency(), mayBeCut };
}

function scheduleOf({ load, seconds }: LoadOrder, startMs: number): Schedule {
  const endMs = startMs + seconds * 1000;
  if (load.kind === 'full-speed')
    return { next: (nowMs) => (nowMs < endMs ? nowMs : null), isOver: (nowMs) => nowMs >= endMs };
  const total = Math.round(load.perSecond * seconds);
  let count = 0;
  return {
    next: (nowMs) => {
      const dueMs = startMs + (count * 1000) / load.perSecond;
      if (count >= total || dueMs > nowMs) return null;
      count++;
      return dueMs;
    },
    isOver: () => count >= total,
  };
}
