import type { LoadReport, Measurement } from './measurement.ts';

/** Of each curve of latencies; enough to draw it. */
const KEPT_PERCENTILES = new Set([0, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.9, 99.95, 99.99, 100]);
/** Of memory and rate over time. */
const KEPT_SAMPLES = 60;

/** A report as it is kept in git: JSON with a measurement a line, curves and series thinned. */
export function keptReport(report: LoadReport): string {
  const { measurements, ...rest } = report;
  const lines = measurements.map((one) => JSON.stringify(thinned(one)));
  const head = JSON.stringify({ ...rest, measurements: [] }, null, 1);
  return `${head.replace('"measurements": []', `"measurements": [\n${lines.join(',\n')}\n]`)}\n`;
}

function thinned(measurement: Measurement): Measurement {
  const { latencyMs, memory } = measurement;
  const step = Math.ceil(memory.series.length / KEPT_SAMPLES);
  return {
    ...measurement,
    latencyMs: latencyMs && {
      ...latencyMs,
      curve: latencyMs.curve.filter(([percentile]) => KEPT_PERCENTILES.has(percentile)),
    },
    memory: { ...memory, series: memory.series.filter((_, index) => index % Math.max(1, step) === 0) },
  };
}
