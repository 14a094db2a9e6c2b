import type { CollectionCounts, Vitals } from './subject.ts';
import type { Measurement } from '../measurement.ts';

/** Reads what a gateway tells of its data threads on its page for Prometheus. */
export function readVitals(page: string): Vitals {
  const p99 = delayMs(page, 'p99');
  return {
    eventLoopDelayMs: p99 === null ? null : { p50: delayMs(page, 'p50'), p99, max: delayMs(page, 'max') },
    collections: readCollections(page),
  };
}

/** The pauses between two looks at the same gateway; `maxMs` is the upper bound of the bucket of the longest. Null where it does not tell. */
export function collectionPauses(
  before: Vitals | null,
  after: Vitals | null,
): Measurement['collectionPauses'] {
  const [from, to] = [before?.collections ?? null, after?.collections ?? null];
  if (from === null || to === null) return null;
  const count = to.count - from.count;
  const bounds = to.atMost.map(([boundMs, atMost], index) => [
    boundMs,
    atMost - (from.atMost[index]?.[1] ?? 0),
  ]);
  const longest = bounds.find(([, atMost]) => atMost === count)?.[0] ?? bounds.at(-1)?.[0] ?? 0;
  return { count, totalMs: to.totalMs - from.totalMs, maxMs: count === 0 ? 0 : longest };
}

/** Of the data thread that is latest. */
function delayMs(page: string, which: string): number | null {
  const values = samplesOf(page, `nodejs_eventloop_delay_${which}_seconds`)
    .filter(({ labels }) => labels.includes('tapline_thread="data-'))
    .map(({ value }) => value * 1000);
  return values.length === 0 ? null : Math.max(...values);
}

function readCollections(page: string): CollectionCounts | null {
  const ofData = (name: string): { labels: string; value: number }[] =>
    samplesOf(page, name).filter(({ labels }) => labels.includes('tapline_thread="data-'));
  const counts = ofData('v8js_gc_duration_seconds_count');
  if (counts.length === 0) return null;
  const buckets = new Map<number, number>();
  for (const { labels, value } of ofData('v8js_gc_duration_seconds_bucket')) {
    const bound = /le="([^"]*)"/.exec(labels)?.[1] ?? '';
    if (bound !== '+Inf') buckets.set(Number(bound) * 1000, (buckets.get(Number(bound) * 1000) ?? 0) + value);
  }
  const sum = (samples: readonly { value: number }[]): number =>
    samples.reduce((total, { value }) => total + value, 0);
  return {
    count: sum(counts),
    totalMs: sum(ofData('v8js_gc_duration_seconds_sum')) * 1000,
    atMost: [...buckets].sort(([left], [right]) => left - right),
  };
}

function samplesOf(page: string, name: string): { labels: string; value: number }[] {
  return [...page.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))].map(([, labels, value]) => ({
    labels: labels!,
    value: Number(value),
  }));
}
