import { once } from 'node:events';
import * as net from 'node:net';
import { AnswerCounter } from '../answer-counter.ts';
import type { OwnOrder, OwnResult } from './order.ts';
import { requestBytes } from './request-bytes.ts';

const PIECE = Buffer.alloc(262_144, 'A line of a body that is large and looks like text.\n');

/** Sends one large body, as fast as it is taken, then asks for one as large. */
export async function transfer({ url, bytes }: Extract<OwnOrder, { kind: 'transfer' }>): Promise<OwnResult> {
  const startMs = performance.now();
  const upload = await exchange(url, bytes, async (socket) => {
    socket.write(
      `POST /json/32 HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: text/plain\r\nContent-Length: ${bytes}\r\n\r\n`,
    );
    for (let left = bytes; left > 0; left -= PIECE.length) {
      if (socket.destroyed) return;
      if (!socket.write(left < PIECE.length ? PIECE.subarray(0, left) : PIECE)) await once(socket, 'drain');
    }
  });
  const download = await exchange(url, bytes, (socket) => {
    socket.write(
      requestBytes({ method: 'GET', path: `/bytes/${bytes}`, headers: {}, body: '' }, { url, isLast: false }),
    );
    return Promise.resolve();
  });
  const errors = (upload.bodyBytes === 32 ? 0 : 1) + (download.bodyBytes === bytes ? 0 : 1);
  return {
    requests: 2,
    errors,
    seconds: (performance.now() - startMs) / 1000,
    latencyMs: null,
    mayBeCut: 0,
    extra: {
      uploadBytesPerSecond: Math.round(upload.bytesPerSecond),
      downloadBytesPerSecond: Math.round(download.bytesPerSecond),
    },
  };
}

async function exchange(
  url: string,
  bytes: number,
  send: (socket: net.Socket) => Promise<void>,
): Promise<{ bodyBytes: number; bytesPerSecond: number }> {
  const startMs = performance.now();
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  const counter = new AnswerCounter();
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  socket.on('data', (piece: Buffer) => {
    counter.feed(piece);
    if (counter.answers > 0) resolve();
  });
  socket.once('error', () => resolve());
  socket.once('close', () => resolve());
  // A connection that is cut while we wait for it to drain never drains.
  await Promise.race([send(socket).then(() => answered), once(socket, 'close')]);
  socket.destroy();
  return {
    bodyBytes: counter.failures > 0 ? 0 : counter.bodyBytes,
    bytesPerSecond: (bytes * 1000) / (performance.now() - startMs),
  };
}
