import type { FilterError } from '../../../core/pipeline.ts';
import type { PipelineActivity, ProgramActivity } from '../../../gateway/program-activity.ts';

/** What passes through a box, of two readings of its counts. */
export interface BoxRates {
  /** Sessions that began, a second; null where the readings cannot be compared. */
  readonly sessions: number | null;
  /** Sessions that are open. */
  readonly active: number;
  /** Events a second; null for titles, and where the readings cannot be compared. */
  readonly events: number | null;
  /** Since the program was started. */
  readonly errors: number;
  readonly lastError: FilterError | null;
}

/** Readings closer than that say little. */
const MIN_INTERVAL_MS = 200;

/** The rates of all boxes by their keys, pipelines and filters. Counts that fall are of another program: nothing can be said of them. */
export function ratesOf(before: ProgramActivity | null, now: ProgramActivity): ReadonlyMap<string, BoxRates> {
  const seconds =
    before === null || before.generation !== now.generation ? 0 : (now.atMs - before.atMs) / 1000;
  const known = new Map(before?.pipelines.map((pipeline) => [pipeline.key, pipeline]));
  const rates = new Map<string, BoxRates>();
  for (const pipeline of now.pipelines) {
    const earlier = known.get(pipeline.key);
    const isSame =
      earlier !== undefined && seconds * 1000 >= MIN_INTERVAL_MS && isContinued(earlier, pipeline);
    const per = (count: number, earlierCount: number | undefined): number | null =>
      isSame && earlierCount !== undefined ? (count - earlierCount) / seconds : null;
    const { active } = pipeline;
    const sessions = per(pipeline.made, earlier?.made);
    rates.set(pipeline.key, { sessions, active, events: null, errors: 0, lastError: null });
    for (const [index, { key, events, errors, lastError }] of pipeline.filters.entries())
      rates.set(key, {
        sessions,
        active,
        events: per(events, earlier?.filters[index]?.events),
        errors,
        lastError,
      });
  }
  return rates;
}

/** Whether one reading can have become the other: the same filters, no count fell. */
function isContinued(before: PipelineActivity, now: PipelineActivity): boolean {
  return (
    before.made <= now.made &&
    before.filters.length === now.filters.length &&
    before.filters.every(({ key, events, errors }, index) => {
      const after = now.filters[index]!;
      return after.key === key && after.events >= events && after.errors >= errors;
    })
  );
}

/** `0`, `0.4`, `12`, `3.4k`, `1.2M`: short enough for a box. */
export function shortRate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 0.1) return '<0.1';
  if (perSecond < 9.95) return String(Number(perSecond.toFixed(1)));
  if (perSecond < 999.5) return String(Math.round(perSecond));
  if (perSecond < 999_500) return `${Number((perSecond / 1e3).toPrecision(3))}k`;
  return `${Number((perSecond / 1e6).toPrecision(3))}M`;
}

/** How thick an arrow is drawn for what passes along it: it grows by half with each power of ten. CSS pixels. */
export function arrowWidth(eventsPerSecond: number | null): number {
  if (eventsPerSecond === null || eventsPerSecond <= 0) return 1.2;
  return Math.min(4.5, 1.6 + 0.6 * Math.log10(1 + eventsPerSecond));
}
