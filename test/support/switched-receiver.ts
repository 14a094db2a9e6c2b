import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

/** An OTLP receiver (HTTP) that takes everything, and can be away for a while: it comes back on the same port. */
export interface SwitchedReceiver {
  readonly port: number;
  start(): Promise<void>;
  /** Refuses connections from now on; those that are open are cut. */
  stop(): Promise<void>;
}

export async function startSwitchedReceiver(
  t: Pick<ExecutionContext, 'teardown'>,
): Promise<SwitchedReceiver> {
  let server = http.createServer();
  let port = 0;
  const sockets = new Set<Socket>();
  const start = async (): Promise<void> => {
    server = http.createServer((request, response) => {
      request
        .resume()
        .on('end', () => response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end());
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await start();
  t.teardown(stop);
  return { port, start, stop };
}
