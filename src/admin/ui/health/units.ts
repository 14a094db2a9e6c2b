import { formatBytes, formatCount, formatDuration } from '../parts/format.ts';
import type { PlotUnit } from './plot-data.ts';
import { formatRate } from './wording.ts';

/** 1, 2, 5, 10, 20 and so on. */
const DECIMAL_STEPS = Array.from({ length: 16 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** (power - 4)),
).flat();
/** Powers of two: what reads round in KiB and MiB. */
const BINARY_STEPS = Array.from({ length: 45 }, (_, power) => 2 ** power);
const WHOLE_STEPS = DECIMAL_STEPS.filter((step) => step >= 1);

/** Something each second. */
export const RATE: PlotUnit = {
  format: (value) => `${formatRate(value)}/s`,
  steps: DECIMAL_STEPS.filter((step) => step >= 0.1),
  least: 1,
};

export const BYTES: PlotUnit = { format: formatBytes, steps: BINARY_STEPS, least: 1024 };

/** Of what waits: a batch under way is no mountain. */
export const WAITING_BYTES: PlotUnit = { ...BYTES, least: 256 * 1024 };

export const MILLISECONDS: PlotUnit = {
  format: (value) => (value === 0 ? '0' : formatDuration(value * 1e6)),
  steps: DECIMAL_STEPS,
  least: 1,
};

export const SECONDS: PlotUnit = {
  format: (value) => (value === 0 ? '0' : formatDuration(value * 1e9)),
  steps: DECIMAL_STEPS,
  least: 0.01,
};

export const COUNT: PlotUnit = { format: formatCount, steps: WHOLE_STEPS, least: 4 };
