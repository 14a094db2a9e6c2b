import * as path from 'node:path';
import type { Writable } from 'node:stream';
import type { Options } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Log } from '../core/ports.ts';
import { newElasticsearchSink } from '../sinks/elasticsearch/elasticsearch-sink.ts';
import { newFileSink } from '../sinks/file/file-sink.ts';
import { newOtlpSinks } from '../sinks/otlp/otlp-sinks.ts';
import { OtlpSettingError } from '../sinks/otlp/setting-error.ts';
import type { Sink } from '../sinks/sink.ts';
import { newStdoutSink } from '../sinks/stdout/stdout-sink.ts';
import type { DataDirectory } from '../spool/data-directory.ts';
import { METRICS } from '../telemetry/metric-declarations.ts';
import type { MetricRegistry } from '../telemetry/metric-registry.ts';
import { newStoreSink } from './new-delivery.ts';
import { VERSION } from './version.ts';

/** The sinks that the options and the environment ask for. Throws UsageError where the variables of OTLP are wrong. */
export function newSinks(init: {
  readonly directory: DataDirectory;
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  readonly metrics: MetricRegistry;
  readonly log: Log;
  /** Where `--stdout` writes. */
  readonly output: Writable;
}): Sink[] {
  const { directory, options, env, metrics, log, output } = init;
  const sinks: Sink[] = [];
  if (options.store === 'on') sinks.push(newStoreSink(directory, options, log));
  if (options.file !== null)
    sinks.push(
      newFileSink({
        file: options.file,
        stateFile: path.join(directory.paths.delivery, 'file-state.json'),
        maxBytes: options.fileMaxBytes,
        maxAgeMs: options.fileMaxAgeMs,
        keep: options.fileKeep,
        isSyncing: options.spoolSync,
        log,
      }),
    );
  if (options.stdout) sinks.push(newStdoutSink({ stream: output }));
  if (options.elasticsearch.length > 0) sinks.push(newElasticsearchSink(options, { log }));
  sinks.push(...otlpSinks(options, env, metrics, log));
  if (sinks.length === 0)
    throw new UsageError(
      '--store=off: no other sink is configured, so nobody would take the records; give --elasticsearch, OTEL_EXPORTER_OTLP_ENDPOINT, --file or --stdout',
    );
  return sinks;
}

function otlpSinks(options: Options, env: NodeJS.ProcessEnv, metrics: MetricRegistry, log: Log): Sink[] {
  const rejected = metrics.metric(METRICS.sinkRejected);
  try {
    return newOtlpSinks({ ...options, version: VERSION }, env, {
      onPartialSuccess(sink, count, message) {
        rejected.add(count, { 'tapline.sink': sink });
        log.write(
          count > 0 ? 'error' : 'warn',
          count > 0
            ? `[${sink}] the receiver took a request and rejected ${count} of its records, without saying which: ${message}`
            : `[${sink}] the receiver warns: ${message}`,
        );
      },
    });
  } catch (error) {
    if (error instanceof OtlpSettingError) throw new UsageError(error.message);
    throw error;
  }
}
