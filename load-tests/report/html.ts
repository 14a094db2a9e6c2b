import type { LoadReport, Verdict } from '../measurement.ts';
import { addedLatencyFigure } from './added-latency-figure.ts';
import { budgetBar } from './budget-bar.ts';
import { cpuFigure } from './cpu-figure.ts';
import { describeRun } from './describe-run.ts';
import { figureMarkup } from './figure.ts';
import { budgetText, limitText, verdictTone, verdictWords } from './wording.ts';
import { latencyFigure } from './latency-figure.ts';
import { Markup, markup } from './markup.ts';
import { numbersTable } from './numbers-table.ts';
import { styleSheet } from './style.ts';
import { describeLoad, faultsOf, type ScenarioSummary, summarise } from './summary.ts';
import { rateFigure, rssFigure } from './time-figures.ts';

const SIGNS = { good: '✓', fair: '✓', bad: '✗', unknown: '–' };

/** A report as one page that needs nothing else: no script, no font, no host. Light or dark after the system; can be printed. */
export function renderHtml(report: LoadReport): string {
  const summaries = summarise(report.measurements);
  const page = markup`<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
<link rel="icon" href="data:,"/>
<title>Tapline under load, ${report.date.slice(0, 10)}</title>
<style>${new Markup(styleSheet())}</style>
</head>
<body>
<h1>Tapline under load</h1>
<p class="soft">${describeRun(report)}</p>
${budgets(report.verdicts)}
${notes('These runs prove nothing about cost', faultsOf(summaries))}
${notes('Not measured here', report.left)}
<nav aria-label="Scenarios">${summaries.map((summary, index) => markup`<a href="#scenario-${index + 1}">${summary.title}</a> `)}</nav>
${summaries.map((summary, index) => section(summary, index, report.scenarios?.[summary.scenario]))}
</body>
</html>
`;
  return `<!doctype html>\n${page}`;
}

function budgets(verdicts: readonly Verdict[]): Markup {
  const count = (...kinds: readonly Verdict['verdict'][]): number =>
    verdicts.filter(({ verdict }) => kinds.includes(verdict)).length;
  const failed = count('over');
  const missing = count('not-measured');
  return markup`<p class="count"><strong class="good">${count('aim', 'must')} of ${verdicts.length} budgets pass</strong>${
    failed === 0 ? null : markup`, <strong class="bad">${failed} ${failed === 1 ? 'fails' : 'fail'}</strong>`
  }${missing === 0 ? null : markup`, <span class="unknown">${missing} not measured</span>`}</p>
<p class="soft">Median of the repetitions (lowest-highest), each against its peer of the same repetition. The bar: diamond the median, line the spread, upright the must.</p>
<ul class="budgets">
${verdicts.map(budgetLine)}</ul>`;
}

function budgetLine(verdict: Verdict): Markup {
  const { value, unit, must, aim, what } = verdict;
  const tone = verdictTone(verdict);
  const limits = [
    ...(must === null ? [] : [`must ${limitText(must, verdict)}`]),
    ...(aim === null ? [] : [`aim ${limitText(aim, verdict)}`]),
  ];
  return markup`<li><strong class="${tone}">${SIGNS[tone]} ${verdictWords(verdict)}</strong><span>${what}</span><span>${budgetBar(verdict)}</span><span class="value">${
    value === null ? '-' : budgetText(value, unit)
  }<small>${limits.join(', ')}</small></span></li>
`;
}

function notes(title: string, lines: readonly string[]): Markup | null {
  return lines.length === 0
    ? null
    : markup`<h2>${title}</h2>
<ul class="notes">${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}

function section(summary: ScenarioSummary, index: number, what: string | undefined): Markup {
  const figures = [latencyFigure, addedLatencyFigure, cpuFigure, rssFigure, rateFigure].flatMap(
    (draw) => draw(summary) ?? [],
  );
  return markup`<section id="scenario-${index + 1}">
<h2>${summary.title}</h2>
<p class="soft">${capitalised(describeLoad(summary.load))}.${what === undefined ? null : ` ${what}`}</p>
${figures.length === 0 ? null : markup`<div class="plots">${figures.map(figureMarkup)}</div>`}
${numbersTable(summary)}
</section>
`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
