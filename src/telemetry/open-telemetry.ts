import {
  context,
  diag,
  DiagLogLevel,
  logs,
  metrics,
  propagation,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { Log } from '../core/ports.ts';
import { DiagLog } from './diag-log.ts';
import type { MetricSnapshot } from './metric.ts';
import { isSentByOtlp, metricsProtocol, metricsTiming } from './otlp-environment.ts';
import { RegistryProducer } from './registry-producer.ts';
import type { SpanAttributes, Tracing } from './tracing.ts';

export interface OpenTelemetryOptions {
  readonly collect: () => readonly MetricSnapshot[];
  /** Where OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES name none. */
  readonly serviceName: string;
  readonly version: string;
  /** When the process began: since then everything is counted. */
  readonly startMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

const EXPORTERS: Record<ReturnType<typeof metricsProtocol>, new () => PushMetricExporter> = {
  grpc: GrpcExporter,
  'http/json': JsonExporter,
  'http/protobuf': ProtobufExporter,
};

/**
 * The gateway's own metrics and spans on their way to a collector, by the SDK of OpenTelemetry and its standard variables. Load this file only
 * where it is wanted: it takes most of a second and 50 MB. Exchanges do not come by here: they are delivered from the spool.
 */
export class OpenTelemetry implements Tracing {
  readonly #sdk: NodeSDK;
  readonly #tracer: Tracer;
  #stopping: Promise<boolean> | null = null;

  /** Starts at once. Throws where a variable makes no sense to the SDK. */
  constructor({ collect, serviceName, version, startMs, env, log }: OpenTelemetryOptions) {
    const scope = { name: 'tapline', version };
    const hasMetrics = isSentByOtlp('metrics', env);
    const setDiag = (): void => {
      diag.setLogger(new DiagLog(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    };
    setDiag();
    const { intervalMs, timeoutMs } = metricsTiming(env);
    this.#sdk = new NodeSDK({
      resource: defaultResource().merge(
        resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
      ),
      metricReaders: hasMetrics
        ? [
            new PeriodicExportingMetricReader({
              exporter: new EXPORTERS[metricsProtocol(env)](),
              exportIntervalMillis: intervalMs,
              exportTimeoutMillis: timeoutMs,
              metricProducers: [new RegistryProducer(collect, scope, startMs)],
            }),
          ]
        : [],
      // Left out, the SDK makes what the variables say.
      ...(isSentByOtlp('traces', env) ? {} : { spanProcessors: [] }),
      logRecordProcessors: [],
      instrumentations: [],
      textMapPropagator: null,
    });
    // With OTEL_LOG_LEVEL the SDK has put its own in place, which writes to the console.
    setDiag();
    this.#sdk.start();
    this.#tracer = trace.getTracer(scope.name, version);
    // Libraries that look for an SDK, as the client of Elasticsearch does, shall find none: only what we say is sent.
    trace.disable();
    metrics.disable();
    logs.disable();
    propagation.disable();
  }

  span<T>(name: string, attributes: SpanAttributes, fn: () => Promise<T>): Promise<T> {
    return this.#tracer.startActiveSpan(name, { attributes: { ...attributes } }, async (span) => {
      try {
        return await fn();
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  /** A span of what was over before this was loaded. Times in milliseconds since 1970. */
  past(name: string, attributes: SpanAttributes, startMs: number, endMs: number): void {
    this.#tracer
      .startSpan(name, { attributes: { ...attributes }, startTime: new Date(startMs) })
      .end(new Date(endMs));
  }

  /**
   * Sends the last of it. Resolves with true when the SDK is through with it, with false where it still tries at the deadline: it would go on for
   * half a minute and hold the process, so who gets false may end that.
   */
  stop(deadlineMs: number): Promise<boolean> {
    return (this.#stopping ??= this.#stop(deadlineMs));
  }

  async #stop(deadlineMs: number): Promise<boolean> {
    const deadline = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => deadline.resolve(false), deadlineMs);
    const over = this.#sdk.shutdown().then(
      () => true,
      () => true,
    );
    const isOver = await Promise.race([over, deadline.promise]);
    clearTimeout(timer);
    context.disable();
    diag.disable();
    return isOver;
  }
}

/** The kind of failure, not its words: these may quote what was being sent. */
function fail(span: Span, error: unknown): void {
  span.setAttribute('error.type', error instanceof Error ? error.name : 'UnknownError');
  span.setStatus({ code: SpanStatusCode.ERROR });
}
