import { spawn } from 'node:child_process';
import * as net from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';

/** Where the launchers of real servers lie; undefined where this machine has none, and their tests are skipped. */
export const PEERS = process.env['TAPLINE_PEERS'];

/** Starts a real server by its launcher and gives what its `ready` line says. */
export async function startPeer(
  t: ExecutionContext,
  name: string,
  args: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const child = spawn(path.join(PEERS!, name, 'run'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  t.teardown(() => {
    child.kill('SIGTERM');
    return ended;
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('ready ')) ready.resolve(line);
  });
  void ended.then(() => ready.reject(new Error(`${name} ended before it was ready: ${told}`)));
  const words = (await ready.promise).split(' ').slice(1);
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
