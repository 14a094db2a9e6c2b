import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Children } from './children.ts';
import { sendTraffic } from './generators/send-traffic.ts';
import type { Load } from './measurement.ts';
import { type Clinic, startClinic } from './profiling/clinic.ts';
import {
  profileHelp,
  type ProgramName,
  readWish,
  type ToolName,
  TOOLS,
  type Wish,
} from './profiling/wish.ts';
import type { Rig } from './rig.ts';
import { scenarios } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { findTools } from './tools.ts';
import { startUpstream } from './upstream/upstream.ts';

/**
 * Looks with clinic into a gateway under the traffic of a load test: `npm run profile -- --help`. Exit code 0: the page is written; 1: it failed; 2: called
 * wrongly.
 */
const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 };

const PROGRAMS: Readonly<Record<ProgramName, string>> = {
  gateway: path.join(import.meta.dirname, '../src/main.ts'),
  'data-thread': path.join(import.meta.dirname, 'profiling/data-thread-alone.ts'),
};

/** Enough to see every kind of step, and little enough to be drawn. */
const BUBBLEPROF_LOAD: Load = { kind: 'constant-rate', connections: 2, perSecond: 20 };

process.exitCode = await main();

async function main(): Promise<number> {
  let wish: Wish | null;
  try {
    wish = readWish(process.argv.slice(2), scenarios);
  } catch (error) {
    process.stderr.write(`profile: ${(error as Error).message}\n`);
    return EXIT.usage;
  }
  if (wish === null) {
    process.stdout.write(profileHelp(scenarios));
    return EXIT.done;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-profile-'));
  const children = new Children();
  let clinic: Clinic | null = null;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void children.stop().finally(() => process.exit(EXIT.interrupted)));
  try {
    const rig: Rig = { folder, children, tools: findTools(process.env), bundle: { command: [] } };
    const { scenario, seconds } = wish;
    const upstream = await startUpstream(rig, scenario.upstream);
    const output = path.resolve(wish.output);
    const [workFolder, dataDir] = [path.join(folder, 'work'), path.join(folder, 'data')];
    for (const one of [output, workFolder]) mkdirSync(one, { recursive: true });
    tell(`starting the ${wish.program} under clinic ${TOOLS[wish.tool].clinicName}`);
    clinic = await startClinic({
      tool: TOOLS[wish.tool].clinicName,
      program: [
        PROGRAMS[wish.program],
        '--listen=127.0.0.1:0',
        `--upstream=${upstream.url}`,
        `--data-dir=${dataDir}`,
      ],
      dataDir,
      workFolder,
      output,
    });
    tell(`${seconds} s of ${scenario.name}: ${scenario.what}`);
    const target = { url: clinic.url, pids: [clinic.pid] };
    const read = await sendTraffic(rig, target, scenario.traffic, loadOf(wish.tool, scenario), seconds);
    const { requests, errors } = await read();
    tell(`${requests} requests, ${errors} failed; clinic looks at what it has seen`);
    process.stdout.write(`${await clinic.finish()}\n`);
    return EXIT.done;
  } catch (error) {
    process.stderr.write(`profile: ${(error as Error).message}\n`);
    return EXIT.failed;
  } finally {
    clinic?.stop();
    await children.stop();
  }
}

/** The first load of a scenario at which a gateway has to work. */
function loadOf(tool: ToolName, { full, short }: Scenario): Load {
  if (tool === 'bubbleprof') return BUBBLEPROF_LOAD;
  const loads = [...full, ...short].flatMap((extent) => extent.loads);
  const load = loads.find(({ kind }) => kind === 'full-speed') ?? loads[0]!;
  return load.kind === 'half-of-full-capture' ? { kind: 'full-speed', connections: load.connections } : load;
}

function tell(text: string): void {
  process.stderr.write(`profile: ${text}\n`);
}
