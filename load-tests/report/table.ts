import { printable, wantsColour } from '../../src/telemetry/log.ts';
import type { LoadReport, Verdict } from '../measurement.ts';
import {
  budgetText,
  bytesText,
  numberText,
  limitText,
  extraName,
  extraText,
  verdictTone,
  verdictWords,
} from './wording.ts';
import {
  COMMON_EXTRA,
  describeLoad,
  faultsOf,
  repetitionsText,
  type ScenarioSummary,
  type SubjectSummary,
  summarise,
} from './summary.ts';

const COLOURS = { good: '\u001b[32m', fair: '\u001b[33m', bad: '\u001b[31m', unknown: '\u001b[2m' };
const RESET = '\u001b[0m';

/**
 * Writes a report as plain tables for people: what each subject did in each scenario (medians of the repetitions), then the budgets, then what is
 * wrong or missing. Colour only on a terminal, and never instead of words.
 */
export function printTable(
  report: LoadReport,
  stream: { write(text: string): unknown; readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): void {
  const hasColour = wantsColour(stream, env);
  const summaries = summarise(report.measurements);
  const faults = faultsOf(summaries);
  const sections = [
    ...summaries.map(scenarioTable),
    budgetTable(report.verdicts, hasColour),
    ...(faults.length === 0 ? [] : [list('These runs prove nothing about cost:', faults)]),
    ...(report.left.length === 0 ? [] : [list('Not measured here:', report.left)]),
  ];
  stream.write(sections.join('\n'));
}

function scenarioTable({ scenario, load, subjects }: ScenarioSummary): string {
  const rows = subjects.map((subject) => [
    subject.subject,
    numberText(subject.requestsPerSecond?.median ?? null),
    numberText(subject.p50Ms?.median ?? null),
    numberText(subject.p99Ms?.median ?? null),
    (subject.cpuPerRequest?.median ?? 0) > 0 ? numberText(subject.cpuPerRequest!.median) : '-',
    (subject.rssPeakBytes?.median ?? 0) > 0 ? bytesText(subject.rssPeakBytes!.median) : '-',
    numberText(subject.errors),
    subject.records === null ? '-' : recordsText(subject.records),
    subject.cpuByThread.map(([name, spread]) => `${name} ${numberText(spread.median)}`).join(', '),
  ]);
  const extra = subjects.flatMap(({ subject, extra: figures }) =>
    figures
      .filter(([name]) => !COMMON_EXTRA.has(name))
      .map(([name, spread]) => `  ${subject}: ${extraName(name)} ${extraText(name, spread)}\n`),
  );
  return `${printable(scenario)}: ${describeLoad(load)}, medians of ${repetitionsText(subjects)}
${aligned(
  ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'RSS peak', 'errors', 'records', 'CPU µs by thread'],
  rows,
  new Set([1, 2, 3, 4, 5, 6, 7]),
)}${extra.map((line) => `${printable(line.trimEnd())}\n`).join('')}`;
}

function recordsText({ expected, found, isBalanced }: NonNullable<SubjectSummary['records']>): string {
  const words = found === expected ? 'all' : isBalanced ? 'rest accounted for' : 'NOT BALANCED';
  return `${found.toLocaleString('en-US')} ${words}`;
}

function budgetTable(verdicts: readonly Verdict[], hasColour: boolean): string {
  const rows = verdicts.map((verdict) => {
    const words = verdictWords(verdict);
    return [
      hasColour ? { text: words, colour: COLOURS[verdictTone(verdict)] } : words,
      verdict.value === null ? '-' : budgetText(verdict.value, verdict.unit),
      limitText(verdict.must, verdict),
      limitText(verdict.aim, verdict),
      verdict.what,
    ];
  });
  return `Budgets: median of the repetitions (lowest-highest)\n${aligned(['', 'value', 'must', 'aim', ''], rows, new Set())}${countLine(verdicts)}`;
}

function countLine(verdicts: readonly Verdict[]): string {
  const count = (...kinds: readonly Verdict['verdict'][]): number =>
    verdicts.filter(({ verdict }) => kinds.includes(verdict)).length;
  return `${count('aim', 'must')} of ${verdicts.length} budgets passed, ${count('over')} failed, ${count('not-measured')} not measured\n`;
}

type Cell = string | { readonly text: string; readonly colour: string };

/** Columns as wide as their widest cell, two blanks between, two in front. */
function aligned(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  right: ReadonlySet<number>,
): string {
  const textOf = (cell: Cell): string => printable(typeof cell === 'string' ? cell : cell.text);
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => textOf(cells[column]!).length)));
  return lines
    .map((cells) => {
      const line = cells.map((cell, column) => {
        const text = textOf(cell);
        const padded = right.has(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
        return typeof cell === 'string' ? padded : `${cell.colour}${padded}${RESET}`;
      });
      return `  ${line.join('  ').trimEnd()}\n`;
    })
    .join('');
}

function list(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`;
}
