/** From a value to its place in pixels, with the values that an axis marks. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly (readonly [value: number, label: string])[];
}

type Range = readonly [from: number, to: number];

/** Equal steps, with marks at 1, 2 or 5 times a power of ten, `count` of them or a few more or less. */
export function linearScale(
  [low, high]: Range,
  [from, to]: Range,
  count: number,
  label: (value: number) => string = plain,
): Scale {
  const end = high > low ? high : low + 1;
  const step = niceStep((end - low) / count);
  const ticks: [number, string][] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= end + step * 1e-9; index++)
    ticks.push([index * step, label(Number((index * step).toPrecision(12)))]);
  return { at: (value) => from + ((value - low) / (end - low)) * (to - from), ticks };
}

/** Equal ratios, with marks at 1, 2 and 5 times the powers of ten, or at the powers alone where those would be many. Values must be above zero. */
export function logScale([low, high]: Range, [from, to]: Range): Scale {
  const start = Math.log10(low);
  const width = Math.log10(high > low ? high : low * 10) - start;
  const steps = width > 2.5 ? [1] : [1, 2, 5];
  const ticks: [number, string][] = [];
  for (let power = Math.floor(start); power <= start + width; power++)
    for (const step of steps) {
      const value = Number((step * 10 ** power).toPrecision(3));
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push([value, plain(value)]);
    }
  return { at: (value) => from + ((Math.log10(value) - start) / width) * (to - from), ticks };
}

/** Percentiles by how few are beyond them: as far from 99 to 99.9 as from 90 to 99. Ends at 99.99. */
export function percentileScale([from, to]: Range): Scale {
  return {
    at: (percentile) => from + (-Math.log10(1 - Math.min(percentile, 99.99) / 100) / 4) * (to - from),
    ticks: [0, 50, 90, 99, 99.9, 99.99].map((percentile) => [percentile, String(percentile)]),
  };
}

function niceStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  const times = about / power;
  return (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10) * power;
}

function plain(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
