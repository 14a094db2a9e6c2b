import { once } from 'node:events';
import * as net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AnswerCounter } from './answer-counter.ts';
import type { OwnResult } from './own/order.ts';
import { requestBytes } from './own/request-bytes.ts';

/** So many are opened at a time: fewer than a backlog takes. */
const AT_A_TIME = 200;
const ANSWER_MS = 20_000;

/**
 * Opens connections and looks at the memory of what they lead to: as they are, and once each has had one request and its answer. Runs in our own
 * process: there is nothing to be fast at.
 *
 * @param rssBytes of the subject, now
 * @param restMs how long nothing happens before each look
 */
export async function idleConnections({
  url,
  connections,
  restMs,
  rssBytes,
}: {
  url: string;
  connections: number;
  restMs: number;
  rssBytes: () => number;
}): Promise<OwnResult> {
  const startMs = performance.now();
  const sockets: net.Socket[] = [];
  let errors = 0;
  try {
    await delay(restMs);
    const before = rssBytes();
    for (let open = 0; open < connections; open += AT_A_TIME)
      sockets.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(AT_A_TIME, connections - open) }, () => connect(url)),
        )),
      );
    await delay(restMs);
    const idle = rssBytes();
    for (let first = 0; first < connections; first += AT_A_TIME) {
      const answered = await Promise.all(
        sockets.slice(first, first + AT_A_TIME).map((socket) => askOnce(socket, url)),
      );
      errors += answered.filter((isAnswered) => !isAnswered).length;
    }
    await delay(restMs);
    const connected = rssBytes();
    return {
      requests: connections,
      errors,
      seconds: (performance.now() - startMs) / 1000,
      latencyMs: null,
      mayBeCut: 0,
      extra: {
        bytesPerIdleConnection: Math.round((idle - before) / connections),
        bytesPerConnectedIdleConnection: Math.round((connected - before) / connections),
      },
    };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function connect(url: string): Promise<net.Socket> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

function askOnce(socket: net.Socket, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const counter = new AnswerCounter();
    const timer = setTimeout(() => resolve(false), ANSWER_MS);
    const end = (isAnswered: boolean): void => {
      clearTimeout(timer);
      resolve(isAnswered);
    };
    socket.once('close', () => end(false));
    socket.on('data', (bytes: Buffer) => {
      counter.feed(bytes);
      if (counter.answers > 0) end(counter.failures === 0);
    });
    socket.write(
      requestBytes({ method: 'GET', path: '/json/32', headers: {}, body: '' }, { url, isLast: false }),
    );
  });
}
