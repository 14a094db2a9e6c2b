/** A kind of telemetry of OTLP. */
export type OtlpSignal = 'logs' | 'metrics' | 'traces';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the standard variables ask for a signal by OTLP: an endpoint is named, and its exporter is not another or `none` (OpenTelemetry,
 * environment variable specification). An empty variable counts as unset.
 */
export function isSentByOtlp(signal: OtlpSignal, env: Environment): boolean {
  const name = signal.toUpperCase();
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  if (!env[`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`]?.trim() && !env['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim())
    return false;
  const exporters = (env[`OTEL_${name}_EXPORTER`] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  return exporters.length === 0 || exporters.includes('otlp');
}

/** How metrics travel; what is not known counts as the default (with a word of the SDK's own for it). */
export function metricsProtocol(env: Environment): 'grpc' | 'http/json' | 'http/protobuf' {
  const name =
    env['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL']?.trim() || env['OTEL_EXPORTER_OTLP_PROTOCOL']?.trim();
  return name === 'grpc' || name === 'http/json' ? name : 'http/protobuf';
}

/** Milliseconds between two exports of metrics, and how long one may take: never longer than the time to the next. */
export function metricsTiming(env: Environment): { intervalMs: number; timeoutMs: number } {
  const intervalMs = positive(env['OTEL_METRIC_EXPORT_INTERVAL']) ?? 60_000;
  const timeoutMs = positive(env['OTEL_METRIC_EXPORT_TIMEOUT']) ?? 30_000;
  return { intervalMs, timeoutMs: Math.min(timeoutMs, intervalMs) };
}

function positive(text: string | undefined): number | null {
  const value = Number(text?.trim() || Number.NaN);
  return value > 0 && value < 2 ** 31 ? value : null;
}
