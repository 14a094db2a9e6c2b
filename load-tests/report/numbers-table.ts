import { extraName, extraText, numberText, spreadText } from './wording.ts';
import { markup, type Markup } from './markup.ts';
import { type Spread, spreadOf } from '../spread.ts';
import { COMMON_EXTRA, repetitionsText, type ScenarioSummary, type SubjectSummary } from './summary.ts';
import type { Measurement } from '../measurement.ts';

type Row = readonly [name: string, cell: (subject: SubjectSummary) => string];

const BY_THREAD = 'CPU µs by thread';

const ROWS: readonly Row[] = [
  ['requests/s', ({ requestsPerSecond }) => spread(requestsPerSecond)],
  ['p50 ms', ({ p50Ms }) => spread(p50Ms)],
  ['p90 ms', (subject) => spreadBy(subject, ({ latencyMs }) => latencyMs?.p90)],
  ['p99 ms', ({ p99Ms }) => spread(p99Ms)],
  ['p99.9 ms', (subject) => spreadBy(subject, ({ latencyMs }) => latencyMs?.p999)],
  ['p99.99 ms', (subject) => spreadBy(subject, ({ latencyMs }) => latencyMs?.p9999)],
  ['max ms', (subject) => spreadBy(subject, ({ latencyMs }) => latencyMs?.max)],
  ['CPU µs', ({ cpuPerRequest }) => ((cpuPerRequest?.high ?? 0) > 0 ? spread(cpuPerRequest) : '-')],
  [
    BY_THREAD,
    ({ cpuByThread }) =>
      cpuByThread.map(([name, of]) => `${name} ${numberText(of.median)}`).join(', ') || '-',
  ],
  ['RSS start', (subject) => bytesBy(subject, ({ memory }) => memory.rssStartBytes)],
  ['RSS peak', (subject) => bytesBy(subject, ({ memory }) => memory.rssPeakBytes)],
  ['RSS end', (subject) => bytesBy(subject, ({ memory }) => memory.rssEndBytes)],
  ['bare node RSS', (subject) => bytesBy(subject, ({ extra }) => extra['bareNodeRssBytes'] ?? 0)],
  ['loop delay p99 ms', (subject) => spreadBy(subject, ({ eventLoopDelayMs }) => eventLoopDelayMs?.p99)],
  ['collection pauses', (subject) => spreadBy(subject, ({ collectionPauses }) => collectionPauses?.count)],
  ['their sum ms', (subject) => spreadBy(subject, ({ collectionPauses }) => collectionPauses?.totalMs)],
  ['longest ms', (subject) => spreadBy(subject, ({ collectionPauses }) => collectionPauses?.maxMs)],
  ['requests', ({ requests }) => requests.toLocaleString('en-US')],
  ['errors', ({ errors }) => errors.toLocaleString('en-US')],
  ['records', ({ records }) => recordsText(records)],
  ['load and application', (subject) => spreadBy(subject, ({ loadShare }) => loadShare * 100, ' %')],
  ['other programs', (subject) => spreadBy(subject, ({ extra }) => percent(extra['strangersShare']), ' %')],
];

/** All numbers of a scenario, a column a subject, behind a disclosure; what only this scenario measures before it, in sight. */
export function numbersTable({ subjects }: ScenarioSummary): Markup {
  const rows = ROWS.filter(([, cell]) => subjects.some((subject) => cell(subject) !== '-'));
  const extra = subjects.flatMap((subject) =>
    subject.extra
      .filter(([name]) => !COMMON_EXTRA.has(name))
      .map(([name, of]) => markup`<li>${subject.subject}: ${extraName(name)} ${extraText(name, of)}</li>`),
  );
  return markup`${extra.length === 0 ? null : markup`<ul class="notes">${extra}</ul>`}
<details><summary>The numbers: medians of ${repetitionsText(subjects)} (lowest-highest)</summary>
<div class="wide"><table><tr><th></th>${subjects.map(({ subject }) => markup`<th>${subject}</th>`)}</tr>
${rows.map((row) => tableRow(row, subjects))}</table></div></details>`;
}

function tableRow([name, cell]: Row, subjects: readonly SubjectSummary[]): Markup {
  const kind = name === BY_THREAD ? 'parts' : '';
  return markup`<tr><th>${name}</th>${subjects.map((subject) => markup`<td class="${kind}">${cell(subject)}</td>`)}</tr>
`;
}

function recordsText(records: SubjectSummary['records']): string {
  if (records === null) return '-';
  const found = `${records.found.toLocaleString('en-US')} of ${records.expected.toLocaleString('en-US')}`;
  return records.isBalanced ? found : `${found}, NOT BALANCED`;
}

function spread(of: Spread | null): string {
  if (of === null) return '-';
  return of.low === of.high ? numberText(of.median) : spreadText(of);
}

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : share * 100;
}

function spreadBy(
  { repetitions }: SubjectSummary,
  of: (one: Measurement) => number | undefined,
  unit = '',
): string {
  const text = spread(spreadOf(repetitions.map(of).filter((value) => value !== undefined)));
  return text === '-' ? text : `${text}${unit}`;
}

/** The dash for a subject without a process of its own. */
function bytesBy({ repetitions }: SubjectSummary, of: (one: Measurement) => number): string {
  const found = spreadOf(repetitions.map(of));
  return found === null || found.high === 0 ? '-' : extraText('bytes', found);
}
