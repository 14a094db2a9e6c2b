import { formatCount } from '../parts/format.ts';

/** A time in words, roughly: `40 s`, `5 min`, `3 h`, `2 days`. */
export function formatSpan(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  const days = Math.round(seconds / 86_400);
  return days > 60 ? 'more than two months' : `${days} days`;
}

/** `0`, `0.4`, `12.5`, `1,234`: something each second. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 100) return formatCount(perSecond);
  if (perSecond > 0 && perSecond < 0.01) return '< 0.01';
  return String(Number(perSecond.toPrecision(perSecond >= 10 ? 3 : 2)));
}

/** `0 %`, `0.3 %`, `12 %`. @param share from 0 to 1 */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** `1 record`, `1,234 records`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const TITLES: Readonly<Record<string, string>> = {
  store: 'The store',
  elasticsearch: 'Elasticsearch',
  'otlp-logs': 'The OTLP receiver of logs',
  'otlp-traces': 'The OTLP receiver of traces',
  file: 'The file',
  stdout: 'Standard output',
};

/** A sink at the start of a sentence. */
export function sinkTitle(name: string): string {
  return TITLES[name] ?? `The sink ${name}`;
}

/** A sink within a sentence. */
export function sinkInSentence(name: string): string {
  return sinkTitle(name)
    .replace(/^The /, 'the ')
    .replace(/^Standard/, 'standard');
}

const STATES: Readonly<Record<string, string>> = {
  running: 'delivers',
  starting: 'is being started',
  'backing-off': 'fails, tries again',
  blocked: 'takes nothing until somebody acts',
  paused: 'refuses until somebody acts',
  stopped: 'stopped',
};

/** The state of a sink, in words. */
export function stateInWords(state: string): string {
  return STATES[state] ?? state;
}

/** What a sink or the system said, fit for the middle of a sentence: one line, bounded, without its full stop. */
export function reasonInSentence(reason: string): string {
  const line = reason.split('\n', 1)[0]!.trim().replace(/\.$/, '');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
