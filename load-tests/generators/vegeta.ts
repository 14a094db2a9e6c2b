import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Rig } from '../rig.ts';
import { type Generator, GENERATOR_GRACE_MS, type LoadResult } from './generator.ts';
import { latencyOf } from './percentiles.ts';

const REPORT_MS = 60_000;
/**
 * Requests under way at once: more than any stall that is worth measuring leaves behind. All of their connections are kept: those that are closed
 * and opened anew would make of one stall a worse one, until no port is left.
 */
const MAX_UNDER_WAY = 1000;

/** vegeta: a constant rate, open loop: a request starts when it is due, on a further connection where none is free. */
export function vegeta({ tools, children, folder }: Rig): Generator | null {
  if (tools.vegeta === null) return null;
  const command = tools.vegeta;
  return {
    name: 'vegeta',
    async run({ url, request, load, seconds, isNewConnectionEach }) {
      if (load.kind !== 'constant-rate') throw new Error('vegeta is for a constant rate');
      const own = mkdtempSync(path.join(folder, 'vegeta-'));
      const results = path.join(own, 'results');
      writeFileSync(path.join(own, 'body'), request.body);
      const attack = await children.run(
        [
          ...command,
          'attack',
          `-rate=${load.perSecond}/1s`,
          `-duration=${seconds}s`,
          `-workers=${load.connections}`,
          `-max-workers=${Math.max(MAX_UNDER_WAY, load.connections)}`,
          `-connections=${Math.max(MAX_UNDER_WAY, load.connections)}`,
          `-keepalive=${!isNewConnectionEach}`,
          '-max-body=0',
          '-timeout=10s',
          `-output=${results}`,
          ...(request.body === '' ? [] : [`-body=${path.join(own, 'body')}`]),
          ...Object.entries(request.headers).map(([name, value]) => `-header=${name}: ${value}`),
        ],
        {
          input: `${request.method} ${url}${request.path}\n`,
          timeoutMs: seconds * 1000 + GENERATOR_GRACE_MS,
        },
      );
      if (attack.code !== 0) throw new Error(`vegeta ended with ${attack.code}: ${attack.stderr}`);
      const report = async (type: string): Promise<string> =>
        (await children.run([...command, 'report', `-type=${type}`, results], { timeoutMs: REPORT_MS }))
          .stdout;
      return async () => {
        const result = readVegetaResult(await report('json'), await report('hdrplot'));
        rmSync(own, { recursive: true });
        return result;
      };
    },
  };
}

/** What `vegeta report` says, as JSON and as a plot of the histogram (milliseconds, part of one, count, 1 ÷ the rest). */
export function readVegetaResult(json: string, hdrplot: string): LoadResult {
  const {
    requests,
    duration,
    status_codes: statuses,
    latencies,
  } = JSON.parse(json) as {
    requests: number;
    duration: number;
    status_codes: Record<string, number>;
    latencies: { max: number };
  };
  const good = Object.entries(statuses)
    .filter(([status]) => Number(status) >= 200 && Number(status) < 400)
    .reduce((sum, [, count]) => sum + count, 0);
  const curve = [...hdrplot.matchAll(/^(\d[\d.]*) +(\d[\d.]*) +\d+ +\S+ *$/gm)].map(
    ([, ms, part]) => [Math.round(Number(part) * 1e7) / 1e5, Number(ms)] as const,
  );
  const NANOSECONDS_IN_MS = 1e6;
  const whole = [
    ...curve.filter(([percentile]) => percentile < 100),
    [100, latencies.max / NANOSECONDS_IN_MS] as const,
  ];
  return {
    requests,
    errors: requests - good,
    seconds: duration / 1e9,
    latencyMs: requests === 0 ? null : latencyOf(whole),
    // It waits for its last answers.
    mayBeCut: 0,
  };
}
