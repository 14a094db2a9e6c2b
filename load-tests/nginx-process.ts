import { mkdtempSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Child } from './children.ts';
import { listening } from './free-port.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from './measure/process-facts.ts';
import type { Rig } from './rig.ts';

const START_MS = 10_000;
const LOOK_MS = 20;
/** Enough for 5,000 connections on both sides. */
const CONNECTIONS = 16_384;

/** An nginx of our own with one worker, in a folder of its own. */
export interface NginxProcess {
  readonly child: Child;
  /** The worker: it does the work. */
  readonly workerPid: number;
}

/**
 * Starts nginx as our child.
 *
 * @param http directives inside of `http { }`; `FOLDER` in them is its folder
 * @param port it listens there once it is ready
 */
export async function startNginx(
  { folder, children }: Rig,
  command: readonly string[],
  http: string,
  port: number,
): Promise<NginxProcess> {
  const own = mkdtempSync(path.join(folder, 'nginx-'));
  const file = path.join(own, 'nginx.conf');
  writeFileSync(
    file,
    `${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${own}/nginx.pid;
error_log stderr error;
events { worker_connections ${CONNECTIONS}; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_max_body_size 0;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${own}/${one};`).join(' ')}
${http.replaceAll('FOLDER', own)}
}
`,
  );
  const child = await children.start([...command, '-e', 'stderr', '-p', own, '-c', file]);
  try {
    await listening(port, START_MS);
    return { child, workerPid: await workerOf(child.pid) };
  } catch (error) {
    await child.stop();
    throw new Error(`nginx did not start (${(error as Error).message}): ${child.output()}`, { cause: error });
  }
}

/** The master listens before it starts its worker. */
async function workerOf(masterPid: number): Promise<number> {
  const endMs = performance.now() + START_MS;
  while (performance.now() < endMs) {
    const [workerPid] = childrenOf(masterPid);
    if (workerPid !== undefined) return workerPid;
    await delay(LOOK_MS);
  }
  throw new Error('it has no worker');
}
