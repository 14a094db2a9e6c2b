import * as net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { OwnOrder, OwnResult } from './order.ts';
import { OwnLatency } from './own-latency.ts';
import { requestBytes } from './request-bytes.ts';

/** The time of the system that is the same in all processes, in ms: `process.hrtime`. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Listens to server-sent events on every connection. Their data is when they were sent: the latency is how long they took to arrive. */
export async function events(order: Extract<OwnOrder, { kind: 'events' }>): Promise<OwnResult> {
  const { url, connections, seconds, everyMs } = order;
  const { hostname, port } = new URL(url);
  const latency = new OwnLatency();
  let received = 0;
  let broken = 0;
  const sockets = Array.from({ length: connections }, () => {
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    let rest = '';
    socket.on('data', (bytes: Buffer) => {
      const arrivedMs = nowMs();
      const lines = (rest + bytes.toString('latin1')).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith('data: ')) continue;
        received++;
        latency.add(arrivedMs - Number(line.slice('data: '.length)));
      }
    });
    socket.once('error', () => {});
    socket.once('close', () => broken++);
    socket.write(
      requestBytes(
        { method: 'GET', path: `/events/${everyMs}`, headers: { Accept: 'text/event-stream' }, body: '' },
        { url, isLast: false },
      ),
    );
    return socket;
  });
  const startMs = performance.now();
  await delay(seconds * 1000);
  const elapsedSeconds = (performance.now() - startMs) / 1000;
  const errors = broken;
  for (const socket of sockets) socket.destroy();
  return {
    requests: received,
    errors,
    seconds: elapsedSeconds,
    latencyMs: latency.latency(),
    mayBeCut: 0,
    extra: {},
  };
}
