import { parseArgs } from 'node:util';
import type { Wish } from './plan.ts';

/** What the command line asks for. */
export interface CommandLine extends Wish {
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly isNodeOnly: boolean;
  /** Where the report for a browser goes. */
  readonly reportFile: string;
  /** Whether results/load.json is written. */
  readonly isKept: boolean;
}

/** What there is to choose from. */
export interface Choices {
  readonly scenarios: readonly { readonly name: string; readonly what: string }[];
  readonly subjects: readonly { readonly name: string }[];
}

/** Reads it. Throws an error with a message for people where it asks for what there is not. */
export function readCommandLine(argv: readonly string[], choices: Choices): CommandLine {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      full: { type: 'boolean', default: false },
      scenario: { type: 'string', multiple: true, default: [] },
      subject: { type: 'string', multiple: true, default: [] },
      repetitions: { type: 'string' },
      seconds: { type: 'string' },
      'node-only': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      report: { type: 'string', default: 'report.html' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    isFull: values.full,
    scenarios: known('scenario', values.scenario, choices.scenarios),
    subjects: known('subject', values.subject, choices.subjects),
    repetitions: positive('repetitions', values.repetitions),
    seconds: positive('seconds', values.seconds),
    isJson: values.json,
    isHelp: values.help,
    isNodeOnly: values['node-only'],
    reportFile: values.report,
    isKept: values.write,
  };
}

/** `--help` */
export function helpText({ scenarios, subjects }: Choices): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return `Measures the gateway beside its peers and holds it to its budgets. Linux.

Usage: npm run load -- [OPTION]...

  --full              everything; without it a short set of about four minutes
  --scenario=NAME     only this one, whichever set it is in; may be repeated
  --subject=NAME      only this one; may be repeated
  --repetitions=N     times that all subjects take turns
  --seconds=N         of each measurement, without its warm-up
  --node-only         use nothing but Node, even where nginx, HAProxy, wrk or vegeta are installed
  --report=FILE       the report for a browser (report.html)
  --json              the whole report as JSON on stdout, instead of a table
  --write             keep it in load-tests/results/load.json, too
  --help

vegeta is looked for on the PATH and in the folder that TAPLINE_PEERS names. What is not installed is left out, and the report says so.
Exit code: 0 all budgets are kept, 1 one is not or records are missing, 2 called wrongly.

Examples:
  npm run load
  npm run load -- --scenario=reference --subject=nginx --subject=tapline-store --repetitions=5
  npm run load -- --scenario=soak --seconds=60
  npm run load -- --full --write

Scenarios:
${scenarios.map(({ name, what }) => `  ${name.padEnd(width)}  ${what}`).join('\n')}

Subjects:
  ${subjects.map(({ name }) => name).join(' ')}
`;
}

function known(
  option: string,
  names: readonly string[],
  choices: readonly { readonly name: string }[],
): readonly string[] {
  const strange = names.find((name) => !choices.some((one) => one.name === name));
  if (strange === undefined) return names;
  throw new Error(`--${option}=${strange}: there is only ${choices.map(({ name }) => name).join(', ')}`);
}

function positive(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${option}=${text}: a whole number from 1 is wanted`);
}
