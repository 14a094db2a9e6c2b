import { EventLoopDelay } from './event-loop-delay.ts';
import { METRICS } from './metric-declarations.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** Memory, CPU time and the event loop of the main thread, looked up at each collection. Gives the way to stop. */
export function observeProcess(registry: MetricRegistry): () => void {
  const delay = new EventLoopDelay();
  const memory = registry.metric(METRICS.memory).point();
  const user = registry.metric(METRICS.cpuTime).point({ 'cpu.mode': 'user' });
  const system = registry.metric(METRICS.cpuTime).point({ 'cpu.mode': 'system' });
  const eventLoop = registry.metric(METRICS.eventLoopDelay).point({ 'tapline.thread': 'main' });
  const unobserve = registry.onCollect(() => {
    memory.set(process.memoryUsage.rss());
    const used = process.cpuUsage();
    user.set(used.user / 1e6);
    system.set(used.system / 1e6);
    eventLoop.set(delay.p99Seconds);
  });
  return () => {
    unobserve();
    delay.stop();
  };
}
