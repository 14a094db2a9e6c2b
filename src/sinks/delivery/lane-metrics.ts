import { METRICS } from '../../telemetry/metric-declarations.ts';
import type { MetricRegistry } from '../../telemetry/metric-registry.ts';
import type { SendResult } from '../sink.ts';
import { LANE_STATES, type LaneStateName } from './lane-state.ts';

/** What a lane counts. */
export interface LaneMetrics {
  delivered(records: number): void;
  duplicate(records: number): void;
  diverted(records: number): void;
  retried(records: number): void;
  deadLetters(records: number): void;
  givenUp(records: number): void;
  truncated(records: number): void;
  request(outcome: SendResult['kind'], seconds: number): void;
  state(name: LaneStateName): void;
}

export function newLaneMetrics(registry: MetricRegistry, sink: string): LaneMetrics {
  const attributes = { 'tapline.sink': sink };
  const counter =
    (declaration: (typeof METRICS)[keyof typeof METRICS]) =>
    (records: number): void => {
      metric.get(declaration)!.add(records, attributes);
    };
  const declarations = [
    METRICS.sinkDelivered,
    METRICS.sinkDuplicates,
    METRICS.sinkDiverted,
    METRICS.sinkRetried,
    METRICS.sinkDeadLetters,
    METRICS.sinkGivenUp,
    METRICS.sinkTruncated,
  ];
  const metric = new Map(
    declarations.map((declaration) => [declaration as object, registry.metric(declaration)]),
  );
  const requests = registry.metric(METRICS.sinkRequests);
  const durations = registry.metric(METRICS.sinkRequestDuration);
  const states = registry.metric(METRICS.sinkState);
  // A series that exists from the start can be seen to be 0.
  for (const declaration of declarations) counter(declaration)(0);
  return {
    delivered: counter(METRICS.sinkDelivered),
    duplicate: counter(METRICS.sinkDuplicates),
    diverted: counter(METRICS.sinkDiverted),
    retried: counter(METRICS.sinkRetried),
    deadLetters: counter(METRICS.sinkDeadLetters),
    givenUp: counter(METRICS.sinkGivenUp),
    truncated: counter(METRICS.sinkTruncated),
    request(outcome, seconds) {
      requests.add(1, { ...attributes, 'tapline.outcome': outcome });
      durations.record(seconds, attributes);
    },
    state(name) {
      for (const state of LANE_STATES)
        states.set(state === name ? 1 : 0, { ...attributes, 'tapline.state': state });
    },
  };
}
