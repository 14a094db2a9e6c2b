import type { RecordDocument } from '../../src/records/record-document.ts';
import type { Batch, SendResult, Sink } from '../../src/sinks/sink.ts';
import { newOtlpSinks, type OtlpSinksOptions } from '../../src/sinks/otlp/otlp-sinks.ts';
import type { Environment } from '../../src/sinks/otlp/environment.ts';

export const OTLP_OPTIONS: OtlpSinksOptions = {
  serviceName: 'shop',
  otlpBodies: true,
  version: '1.2.3',
  deliveryBatchBytes: 5 * 1024 * 1024,
  deliveryBatchCount: 5000,
  deliveryIntervalMs: 1000,
  deliveryConcurrency: 4,
};

export interface PartialSuccess {
  readonly sink: string;
  readonly rejected: number;
  readonly message: string;
}

/** One of the two sinks, as these variables ask for it. */
export function sinkOf(
  signal: 'logs' | 'traces',
  env: Environment,
  options: Partial<OtlpSinksOptions> = {},
): { sink: Sink; partial: PartialSuccess[] } {
  const partial: PartialSuccess[] = [];
  const sink = newOtlpSinks({ ...OTLP_OPTIONS, ...options }, env, {
    onPartialSuccess: (name, rejected, message) => void partial.push({ sink: name, rejected, message }),
  }).find(({ name }) => name === `otlp-${signal}`);
  if (sink === undefined) throw new Error(`${signal} are off`);
  return { sink, partial };
}

export function batchOf(records: readonly RecordDocument[], tries = 1): Batch {
  return {
    stream: { run: 'run', thread: 0 },
    records,
    bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    place: { segment: 1, offset: 1 },
    tries,
    mayBeStoredSince: null,
  };
}

/** Sends until it is answered, as delivery would, without waiting long between tries. Gives all results. */
export async function sendUntilAnswered(
  sink: Sink,
  records: readonly RecordDocument[],
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<SendResult[]> {
  const results: SendResult[] = [];
  for (let tries = 1; ; tries++) {
    const result = await sink.send(batchOf(records, tries), signal);
    results.push(result);
    if (result.kind !== 'retry') return results;
    if (signal.aborted) throw new Error(`no end of retries: ${result.reason}`);
    await new Promise((resolve) => setTimeout(resolve, result.retryAfterMs ?? 50));
  }
}
