import * as net from 'node:net';
import { AnswerCounter } from '../answer-counter.ts';
import type { OwnOrder, OwnResult } from './order.ts';
import { requestBytes } from './request-bytes.ts';

const TICK_MS = 50;
const LAST_ANSWERS_MS = 30_000;

/** On each connection one answer after the other, each read in small sips: what lies before it has to hold the application back. */
export async function slowReaders(order: Extract<OwnOrder, { kind: 'slow-readers' }>): Promise<OwnResult> {
  const startMs = performance.now();
  const lanes = await Promise.all(
    Array.from({ length: order.connections }, () => readSlowly(order, startMs)),
  );
  const sum = (count: (lane: { requests: number; errors: number }) => number): number =>
    lanes.reduce((total, lane) => total + count(lane), 0);
  return {
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors }) => errors),
    seconds: (performance.now() - startMs) / 1000,
    latencyMs: null,
    mayBeCut: 0,
    extra: {},
  };
}

/** One connection, until an answer ends after the time of the order is over. */
function readSlowly(
  { url, bytes, bytesPerSecond, seconds }: Extract<OwnOrder, { kind: 'slow-readers' }>,
  startMs: number,
): Promise<{ requests: number; errors: number }> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  const request = requestBytes(
    { method: 'GET', path: `/bytes/${bytes}`, headers: {}, body: '' },
    { url, isLast: false },
  );
  const counter = new AnswerCounter();
  const { promise, resolve } = Promise.withResolvers<{ requests: number; errors: number }>();
  const sipBytes = Math.ceil((bytesPerSecond * TICK_MS) / 1000);
  let sent = 0;
  const send = (): void => {
    sent++;
    socket.write(request);
  };
  const stop = (): void => {
    clearInterval(ticking);
    socket.destroy();
    resolve({ requests: counter.answers, errors: sent - counter.answers + counter.failures });
  };
  const ticking = setInterval(() => {
    const elapsedMs = performance.now() - startMs;
    const available = Math.min(sipBytes, socket.readableLength);
    if (available > 0) counter.feed(socket.read(available) as Buffer);
    if (elapsedMs > seconds * 1000 + LAST_ANSWERS_MS) stop();
    else if (counter.answers === sent) {
      if (elapsedMs < seconds * 1000) send();
      else stop();
    }
  }, TICK_MS);
  // Only somebody who listens makes a socket read ahead; what it has read waits for the next tick.
  socket.on('readable', () => {});
  socket.once('error', stop);
  socket.once('end', stop);
  send();
  return promise;
}
