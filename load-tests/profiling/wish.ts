import { parseArgs } from 'node:util';
import type { Scenario } from '../scenarios/scenario.ts';

/** The tools of clinic, by what they are asked for here. */
export const TOOLS = {
  doctor: { clinicName: 'doctor', what: 'event loop, CPU, memory and handles over time, with a diagnosis' },
  flame: { clinicName: 'flame', what: 'a flame graph: where CPU time goes' },
  bubbleprof: { clinicName: 'bubbleprof', what: 'what is waited for, asynchronous step by step' },
  heap: { clinicName: 'heapprofiler', what: 'a flame graph of allocations that are still held' },
} as const;

export type ToolName = keyof typeof TOOLS;

/** What clinic looks at: it sees the main thread of a process and no other. */
export const PROGRAMS = {
  gateway: 'the whole gateway; of its threads the main one, which delivers',
  'data-thread':
    'one data thread by itself, in the place of the main one: what the traffic meets. Its records are spooled and not delivered',
} as const;

export type ProgramName = keyof typeof PROGRAMS;

/** What the command line asks for. */
export interface Wish {
  readonly tool: ToolName;
  readonly scenario: Scenario;
  readonly seconds: number;
  readonly program: ProgramName;
  /** As it was given; from the working directory. */
  readonly output: string;
}

const SECONDS = { min: 1, max: 120, byDefault: 5 };

/** Bubbleprof keeps the stack of every asynchronous step: a second of full load is 13 MB of HTML, a few make it unreadable. */
const BUBBLEPROF_SECONDS = { ...SECONDS, max: 10, byDefault: 2 };

/** Reads it; null where help is asked for. Throws, in words for people, what is wrong with it. */
export function readWish(argv: readonly string[], scenarios: readonly Scenario[]): Wish | null {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      scenario: { type: 'string', default: 'reference' },
      seconds: { type: 'string' },
      program: { type: 'string' },
      output: { type: 'string', default: 'profiles' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const [tool, ...more] = positionals;
  if (tool === undefined || !Object.hasOwn(TOOLS, tool))
    throw new Error(
      `expected one of ${Object.keys(TOOLS).join(', ')}${tool === undefined ? '' : `, not ${tool}`}`,
    );
  if (more.length > 0) throw new Error(`unexpected argument: ${more[0]}`);
  const scenario = scenarios.find(({ name }) => name === values.scenario);
  if (scenario === undefined)
    throw new Error(
      `--scenario=${values.scenario}: there is only ${scenarios.map(({ name }) => name).join(', ')}`,
    );
  const { min, max, byDefault } = tool === 'bubbleprof' ? BUBBLEPROF_SECONDS : SECONDS;
  const seconds = values.seconds === undefined ? byDefault : Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < min || seconds > max)
    throw new Error(`--seconds=${values.seconds}: expected a whole number from ${min} to ${max}`);
  const program = values.program ?? (tool === 'doctor' ? 'gateway' : 'data-thread');
  if (!Object.hasOwn(PROGRAMS, program))
    throw new Error(`--program=${program}: there is only ${Object.keys(PROGRAMS).join(', ')}`);
  if (tool === 'bubbleprof' && program === 'gateway')
    throw new Error(
      'bubbleprof cannot look at a process with several threads: all write into one file, which nothing can read. Use --program=data-thread',
    );
  return {
    tool: tool as ToolName,
    scenario,
    seconds,
    program: program as ProgramName,
    output: values.output,
  };
}

/** `--help` */
export function profileHelp(scenarios: readonly Scenario[]): string {
  const list = (entries: readonly (readonly [string, string])[]): string => {
    const width = Math.max(...entries.map(([name]) => name.length));
    return entries.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`).join('\n');
  };
  return `Looks with clinic into a gateway under the traffic of a load test. For one that runs: tapline profile --help.

Usage: npm run profile -- TOOL [OPTION]...

Tools:
${list(Object.entries(TOOLS).map(([name, { what }]) => [name, what]))}

Options:
  --scenario=NAME     the traffic (reference); at full speed where it has one, for bubbleprof a little of it
  --seconds=N         of traffic (${SECONDS.byDefault}, bubbleprof ${BUBBLEPROF_SECONDS.byDefault})
  --program=NAME      what is looked at, see below; doctor the gateway, the others a data thread
  --output=FOLDER     where the HTML goes (profiles)
  --help

Programs:
${list(Object.entries(PROGRAMS))}

Scenarios:
${list(scenarios.map(({ name, what }) => [name, what]))}

What clinic writes holds paths and names of functions, nothing of the traffic.
Exit code: 0 done, 1 failed, 2 called wrongly.
`;
}
