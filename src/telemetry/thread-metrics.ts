import { constants, performance, PerformanceObserver } from 'node:perf_hooks';
import * as v8 from 'node:v8';
import { EventLoopDelay } from './event-loop-delay.ts';
import { METRICS } from './metric-declarations.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** As OpenTelemetry names what V8 collects, by the kind that Node tells. */
const COLLECTIONS: ReadonlyMap<number | undefined, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/**
 * The thread that calls it, for as long as it runs: its event loop, its heap, and the pauses in which its garbage is collected. The heap and the loop
 * are looked up at each collection of the metrics; a pause costs one call. Gives the way to stop.
 *
 * @param name `main`, `data-0` and so on
 */
export function observeThread(registry: MetricRegistry, name: string): () => void {
  const thread = { 'tapline.thread': name };
  const delay = new EventLoopDelay();
  const p50 = registry.metric(METRICS.eventLoopDelayP50).point(thread);
  const p99 = registry.metric(METRICS.eventLoopDelayP99).point(thread);
  const longest = registry.metric(METRICS.eventLoopDelayMax).point(thread);
  const active = registry
    .metric(METRICS.eventLoopTime)
    .point({ ...thread, 'nodejs.eventloop.state': 'active' });
  const idle = registry.metric(METRICS.eventLoopTime).point({ ...thread, 'nodejs.eventloop.state': 'idle' });
  const used = registry.metric(METRICS.heapUsed);
  const limit = registry.metric(METRICS.heapLimit);
  const pauses = registry.metric(METRICS.collectionDuration);
  // From the first scrape on there is something that can rise.
  for (const type of ['minor', 'major']) pauses.point({ ...thread, 'v8js.gc.type': type });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as { detail?: { kind?: number } }).detail ?? {};
      pauses.record(entry.duration / 1000, { ...thread, 'v8js.gc.type': COLLECTIONS.get(kind) ?? 'other' });
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const unobserve = registry.onCollect(() => {
    p50.set(delay.seconds.p50);
    p99.set(delay.seconds.p99);
    longest.set(delay.seconds.max);
    const loop = performance.eventLoopUtilization();
    active.set(loop.active / 1000);
    idle.set(loop.idle / 1000);
    for (const space of v8.getHeapSpaceStatistics()) {
      const attributes = { ...thread, 'v8js.heap.space.name': space.space_name };
      // A space that was never used is no series.
      if (space.space_size === 0 && !limit.has(attributes)) continue;
      limit.set(space.space_size, attributes);
      used.set(space.space_used_size, attributes);
    }
  });
  return () => {
    unobserve();
    observer.disconnect();
    delay.stop();
  };
}
