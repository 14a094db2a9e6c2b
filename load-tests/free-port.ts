import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A loopback port that nobody listens on now, for programs that cannot take one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until somebody listens on a loopback port. Rejects after `timeoutMs`. */
export async function listening(port: number, timeoutMs: number): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await accepts(port))) {
    if (performance.now() > endMs) throw new Error(`nobody listens on port ${port} after ${timeoutMs} ms`);
    await delay(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
