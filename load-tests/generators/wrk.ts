import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Rig } from '../rig.ts';
import { type Generator, GENERATOR_GRACE_MS, type LoadResult } from './generator.ts';
import { latencyOf, PERCENTILES } from './percentiles.ts';

const SCRIPT = path.join(import.meta.dirname, 'wrk.lua');

/** wrk: full speed, one thread. Closed loop: each connection sends when it has its answer. */
export function wrk(rig: Rig): Generator | null {
  const { tools, children, folder } = rig;
  if (tools.wrk === null) return null;
  const command = tools.wrk;
  return {
    name: 'wrk',
    async run({ url, request, load, seconds, isNewConnectionEach, pipelined }) {
      const body = request.body === '' ? '' : path.join(folder, 'wrk-body');
      if (body !== '') writeFileSync(body, request.body);
      const headers = isNewConnectionEach ? { ...request.headers, Connection: 'close' } : request.headers;
      const { code, stdout, stderr } = await children.run(
        [
          ...command,
          '-t1',
          `-c${load.connections}`,
          `-d${seconds}s`,
          '--timeout=10s',
          '--latency',
          '-s',
          SCRIPT,
          `${url}${request.path}`,
          '--',
          request.method,
          body,
          `${pipelined}`,
          ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        ],
        { timeoutMs: seconds * 1000 + GENERATOR_GRACE_MS, env: { WRK_PERCENTILES: PERCENTILES.join(',') } },
      );
      if (code !== 0) throw new Error(`wrk ended with ${code}: ${stderr}${stdout.slice(-1000)}`);
      return () => Promise.resolve(readWrkResult(stdout, { connections: load.connections, pipelined }));
    },
  };
}

/**
 * The line that `wrk.lua` prints at the end. When its time is over wrk leaves all connections at once. What it says of latency is of no use with
 * several requests at once: it adds samples for requests that it takes to be omitted, and then cannot find the percentile.
 */
export function readWrkResult(
  stdout: string,
  { connections, pipelined }: { connections: number; pipelined: number },
): LoadResult {
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk gave no result: ${stdout.slice(-1000)}`);
  const result = JSON.parse(line) as {
    requests: number;
    microseconds: number;
    connect: number;
    read: number;
    write: number;
    status: number;
    timeout: number;
    curve: [number, number][];
  };
  return {
    requests: result.requests,
    errors: result.connect + result.read + result.write + result.status + result.timeout,
    seconds: result.microseconds / 1e6,
    latencyMs: result.requests === 0 || pipelined > 1 ? null : latencyOf(result.curve),
    mayBeCut: connections * pipelined,
  };
}
