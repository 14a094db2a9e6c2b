import type { HealthReport, SinkHealth } from './health-report.ts';
import { type MetricDeclaration, METRICS } from './metric-declarations.ts';
import type { MetricSnapshot, Series } from './metric.ts';

/** The state of sinks and spool as the metrics of delivery tell it. */
export function healthFromMetrics(
  snapshots: readonly MetricSnapshot[],
): Pick<HealthReport, 'sinks' | 'spool'> {
  const seriesOf = ({ name }: MetricDeclaration): readonly Series[] =>
    snapshots.find(({ declaration }) => declaration.name === name)?.series ?? [];
  const of = (declaration: MetricDeclaration, sink: string): number =>
    seriesOf(declaration).find(({ attributes }) => attributes['tapline.sink'] === sink)?.value ?? 0;
  const sinks = seriesOf(METRICS.sinkState)
    .filter(({ value }) => value === 1)
    .map(({ attributes }): SinkHealth => {
      const name = attributes['tapline.sink']!;
      const state = attributes['tapline.state']!;
      return {
        name,
        state,
        isStarting: state === 'starting',
        reason: null,
        pendingBytes: of(METRICS.sinkPendingBytes, name),
        lagSeconds: of(METRICS.sinkLag, name),
      };
    });
  const used = seriesOf(METRICS.spoolBytes)[0];
  const limit = seriesOf(METRICS.spoolLimit)[0];
  return {
    sinks,
    spool:
      used === undefined || limit === undefined ? null : { usedBytes: used.value, limitBytes: limit.value },
  };
}
