import { METRICS } from './metric-declarations.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { observeThread } from './thread-metrics.ts';

/** Memory and CPU time of the process, and the main thread, looked up at each collection. Gives the way to stop. */
export function observeProcess(registry: MetricRegistry): () => void {
  const memory = registry.metric(METRICS.memory).point();
  const user = registry.metric(METRICS.cpuTime).point({ 'cpu.mode': 'user' });
  const system = registry.metric(METRICS.cpuTime).point({ 'cpu.mode': 'system' });
  const unobserve = registry.onCollect(() => {
    memory.set(process.memoryUsage.rss());
    const used = process.cpuUsage();
    user.set(used.user / 1e6);
    system.set(used.system / 1e6);
  });
  const unobserveThread = observeThread(registry, 'main');
  return () => {
    unobserve();
    unobserveThread();
  };
}
