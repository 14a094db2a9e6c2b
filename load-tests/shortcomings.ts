import type { Measurement } from './measurement.ts';
import type { Tools } from './tools.ts';

/** What others may take of the machine's time without a word. */
const UNDISTURBED_SHARE = 0.05;
/** From this part of the rate without a subject, a rate is that of the load. */
const SAME_RATE = 0.9;
/** Less of a constant rate is none. */
const KEPT_RATE = 0.98;

/** A line for each program that would have served better than what is used instead of it. */
export function missingTools({ nginx, wrk, vegeta }: Tools): string[] {
  return [
    ...(wrk === null ? ['wrk is not used: full speed by our own generator, which is slower'] : []),
    ...(vegeta === null ? ['vegeta is not used: constant rates by our own generator'] : []),
    ...(nginx === null
      ? ['nginx is not used: the application is a Node server, which may be the bound']
      : []),
  ];
}

/** A line for each constant rate that was not one: generator or machine were too slow, so its latency says little. */
export function lateRates(measurements: readonly Measurement[]): string[] {
  return measurements.flatMap(({ scenario, subject, load, repetition, requestsPerSecond }) =>
    load.kind === 'constant-rate' && requestsPerSecond < load.perSecond * KEPT_RATE
      ? [
          `${scenario}, ${subject}, repetition ${repetition}: the rate of ${load.perSecond}/s was not kept (${requestsPerSecond}/s)`,
        ]
      : [],
  );
}

/**
 * A line for each throughput that says more about the load than about the subject: it is about what load and application do by themselves (`direct`).
 * CPU time per request stands all the same.
 */
export function boundByLoad(measurements: readonly Measurement[]): string[] {
  const atFullSpeed = measurements.filter(
    ({ load, latencyMs }) => load.kind === 'full-speed' && latencyMs !== null,
  );
  const groups = Map.groupBy(atFullSpeed, ({ scenario, subject }) => `${scenario}, ${subject}`);
  const rateOf = (name: string): number | null => {
    const rates = (groups.get(name) ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
    return rates.sort((left, right) => left - right)[rates.length >> 1] ?? null;
  };
  return [...groups].flatMap(([name, [{ scenario, subject } = { scenario: '', subject: 'direct' }]]) => {
    const direct = rateOf(`${scenario}, direct`);
    return subject !== 'direct' && direct !== null && rateOf(name)! > direct * SAME_RATE
      ? [`${name}: throughput, since the load alone makes no more`]
      : [];
  });
}

/** A line that warns of figures that were measured beside other programs; none where the machine was ours. */
export function disturbance(measurements: readonly Measurement[]): string[] {
  const shares = measurements
    .map(({ extra }) => extra['strangersShare'] ?? 0)
    .sort((left, right) => left - right);
  const median = shares[shares.length >> 1] ?? 0;
  return median > UNDISTURBED_SHARE
    ? [`a quiet machine: other programs took ${Math.round(median * 100)} % of its time`]
    : [];
}
