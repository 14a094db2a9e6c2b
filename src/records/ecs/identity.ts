/** The version of ECS that the names of a record are from. */
export const ECS_VERSION = '9.5.0-dev';

/** Who writes. */
export interface EcsIdentity {
  readonly serviceName: string;
  readonly runId: string;
  readonly thread: number;
  readonly observerVersion: string;
  /** The machine; data streams are sorted by it. */
  readonly hostName: string;
  readonly dataset: string;
  readonly namespace: string;
}

/** What tells a record from all others. */
export interface RecordIdentity {
  readonly id: string;
  readonly sequence: number;
  readonly timestampMs: number;
}

/** Where a record belongs (ECS `data_stream`). */
export function dataStreamOf({ dataset, namespace }: EcsIdentity): object {
  return { type: 'logs', dataset, namespace };
}

/** Which service was observed, where, and by whom. */
export function observerOf(who: EcsIdentity): object {
  return {
    service: { name: who.serviceName },
    host: { name: who.hostName },
    observer: { name: 'tapline', type: 'gateway', vendor: 'Tapline', version: who.observerVersion },
  };
}
