import type { Sink } from '../sink.ts';
import type { Environment } from './environment.ts';
import { type OtlpPorts, OtlpSink } from './otlp-sink.ts';
import { type MappingOptions, readMapping } from './read-mapping.ts';
import { type OtlpSignal, readOtlpTarget } from './target.ts';

export interface OtlpSinksOptions extends MappingOptions {
  readonly deliveryBatchBytes: number;
  readonly deliveryBatchCount: number;
  readonly deliveryIntervalMs: number;
  readonly deliveryConcurrency: number;
}

const SIGNALS: readonly OtlpSignal[] = ['logs', 'traces'];

/** The sinks that the standard variables ask for; none where OTLP is off. Throws OtlpSettingError, which is for the user. */
export function newOtlpSinks(options: OtlpSinksOptions, env: Environment, ports: OtlpPorts): Sink[] {
  return SIGNALS.flatMap((signal) => {
    const target = readOtlpTarget(signal, env);
    if (target === null) return [];
    return [
      new OtlpSink(
        {
          target,
          mapping: readMapping(signal, env, options),
          limits: {
            maxBatchBytes: options.deliveryBatchBytes,
            maxBatchRecords: options.deliveryBatchCount,
            maxWaitMs: options.deliveryIntervalMs,
            maxConcurrency: options.deliveryConcurrency,
          },
          userAgent: `Tapline-OTLP/${options.version}`,
        },
        ports,
      ),
    ];
  });
}
