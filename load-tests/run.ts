import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { evaluate } from './budgets/evaluate.ts';
import { Children } from './children.ts';
import { helpText, readCommandLine } from './command-line.ts';
import { describeMachine } from './measure/machine.ts';
import type { LoadReport } from './measurement.ts';
import { planRuns } from './plan.ts';
import { renderHtml } from './report/html.ts';
import { printTable } from './report/table.ts';
import { runAll } from './run-all.ts';
import { scenarios } from './scenarios/index.ts';
import { buildBundle } from './subjects/bundle.ts';
import { subjects } from './subjects/index.ts';
import { findTools, NO_TOOLS } from './tools.ts';

/**
 * The load tests: `npm run load -- --help`. Measures, prints a table with each budget, writes a report for a browser.
 * Exit code 0: every budget is kept; 1: one is not, or records are missing; 2: called wrongly.
 */
const RESULTS = path.join(import.meta.dirname, 'results/load.json');
const EXIT = { kept: 0, notKept: 1, usage: 2, interrupted: 130 };

process.exitCode = await main();

async function main(): Promise<number> {
  let wish;
  try {
    wish = readCommandLine(process.argv.slice(2), { scenarios, subjects });
  } catch (error) {
    return complain((error as Error).message);
  }
  if (wish.isHelp) {
    process.stdout.write(helpText({ scenarios, subjects }));
    return EXIT.kept;
  }
  if (process.platform !== 'linux')
    return complain(`CPU time and memory are read from /proc, which ${os.type()} does not have: use Linux`);
  const plan = planRuns(scenarios, wish);
  if (plan.length === 0) return complain('no scenario is measured on such a subject; see --help');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-load-'));
  const children = new Children();
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      interrupted.abort();
      void children.stop().finally(() => process.exit(EXIT.interrupted));
    });
  try {
    const bundle = await buildBundle(children, folder);
    const tools = wish.isNodeOnly ? NO_TOOLS : findTools(process.env);
    const { measurements, left, hasFault } = await runAll(
      { folder, children, tools, bundle },
      plan,
      interrupted.signal,
    );
    const report: LoadReport = {
      date: new Date().toISOString(),
      machine: describeMachine(),
      set: wish.isFull ? 'full' : 'short',
      scenarios: Object.fromEntries(scenarios.map(({ name, what }) => [name, what])),
      measurements,
      verdicts: evaluate(measurements),
      left,
    };
    if (wish.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
    else printTable(report, process.stdout);
    writeFileSync(wish.reportFile, renderHtml(report));
    if (wish.isKept) writeFileSync(RESULTS, `${JSON.stringify(report)}\n`);
    return !hasFault && report.verdicts.every(({ verdict }) => verdict !== 'over') ? EXIT.kept : EXIT.notKept;
  } finally {
    await children.stop();
  }
}

function complain(message: string): number {
  process.stderr.write(`load: ${message}\n`);
  return EXIT.usage;
}
