import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Admin } from '../admin/admin.ts';
import { endpoints } from '../admin/api/endpoints.ts';
import { ProgramFolder } from '../admin/program-folder.ts';
import { RecordReader } from '../admin/record-reader/record-reader.ts';
import type { Options } from '../config/options.ts';
import { idleOptions } from '../config/idle-options.ts';
import { readOptions } from '../config/read-options.ts';
import { UsageError } from '../config/usage-error.ts';
import { ControlServer } from '../control/control-server.ts';
import { catalogue } from '../filters/index.ts';
import { type Gateway, startGateway } from '../gateway/gateway.ts';
import type { BoundAddress } from '../gateway/front.ts';
import { loadOnly } from '../gateway/load-program.ts';
import type { ProgramSource } from '../gateway/program-source.ts';
import { scriptLanguage } from '../gateway/script-language.ts';
import { VERSION } from '../gateway/version.ts';
import { profileTaker } from '../profiling/take-profile.ts';
import { ScriptError } from '../script/script-error.ts';
import { LineLog, wantsColour } from '../telemetry/log.ts';
import { chooseProgram, type ProgramChoice } from './choose-program.ts';
import { EXIT } from './exit-codes.ts';
import { filterHelp, filterList } from './help-filters.ts';
import { helpText } from './help.ts';
import { OwnTelemetry } from './own-telemetry.ts';
import { startSampleApplication } from './sample-application.ts';
import type { Terminal } from './terminal.ts';

/** How long clients of the admin port may take for their answers at the end. */
const LAST_ANSWERS_MS = 2000;

/** `tapline [options] [script|folder]` */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const has = (...names: string[]): boolean => argv.some((argument) => names.includes(argument));
  if (has('--version', '-version', '-v')) return print(terminal, versionText());
  if (has('--help', '-help', '-h')) return print(terminal, helpText());
  if (has('--help-filters')) return print(terminal, catalogue.map(filterHelp).join(''));
  if (has('--list-filters')) return print(terminal, filterList(catalogue));
  const isOnlyVerifying = has('--verify');
  const read = readOptions({
    argv: argv.filter((argument) => argument !== '--verify'),
    env: terminal.env,
    cwd: terminal.cwd,
  });
  const log = new LineLog(read.options.logLevel, terminal.err, wantsColour(terminal.err, terminal.env));
  // Standard output is for records where they are asked for: its reader expects nothing else.
  if (read.options.stdout) {
    terminal.outliveReader();
    terminal = { ...terminal, out: terminal.err };
  }
  const choice = chooseProgram(read, terminal.cwd, isOnlyVerifying);
  if (isOnlyVerifying) return verifyScript(choice.program!, read.options, terminal);
  for (const line of idleOptions(read)) log.write('warn', `[config] ${line}`);
  let { options } = read;
  let sample: { url: string; stop: () => void } | null = null;
  if (choice.program?.isBuiltIn === true && options.upstream === null) {
    if (argv.length > 0)
      throw new UsageError(
        '--upstream is missing: where is the application? Example: --upstream=http://127.0.0.1:3000',
      );
    sample = await startSampleApplication();
    options = { ...options, upstream: sample.url };
  }
  const telemetry = new OwnTelemetry(options, terminal.env, log);
  const admin = new Admin({
    options,
    isPortGiven: read.given.has('gui-port'),
    log,
    metrics: () => telemetry.metrics.collect(),
    health: () => telemetry.health(),
  });
  try {
    return await serve(options, choice, log, terminal, telemetry, admin, sample?.url ?? null);
  } finally {
    await telemetry.stop();
    await admin.stop(LAST_ANSWERS_MS);
    sample?.stop();
  }
}

async function serve(
  options: Options,
  { program, pageRoot }: ProgramChoice,
  log: LineLog,
  terminal: Terminal,
  telemetry: OwnTelemetry,
  admin: Admin,
  sampleUrl: string | null,
): Promise<number> {
  // Before anybody is told that it listens: a signal must find its listener.
  const signalled = nextSignal();
  const adminLine = await admin.start();
  const { metrics, tracing } = telemetry;
  const gateway = await startGateway({
    options,
    program,
    log,
    metrics,
    tracing,
    env: terminal.env,
  });
  telemetry.serve(gateway);
  const control = gateway.isRecording ? await startControl(gateway, options, log) : null;
  const { out } = terminal;
  // A script that is not about the upstream may speak anything.
  const scheme = !gateway.isRecording ? '' : options.tlsCert === null ? 'http://' : 'https://';
  const shown = (addresses: readonly BoundAddress[]): string[] =>
    addresses.map(({ address, port }) => `${scheme}${shownHost(address)}:${port}`);
  const startedMs = Date.now();
  const reader = gateway.storeFile === null ? null : new RecordReader({ file: gateway.storeFile, log });
  admin.serve(
    endpoints({
      health: telemetry.healthSources(),
      info: () => ({
        version: VERSION,
        startedMs,
        upstream: options.upstream,
        listening: shown(gateway.program()?.addresses ?? []),
        hasStore: reader !== null,
        traceUrl: options.traceUrl,
      }),
      records: reader,
      program: {
        gateway,
        folder: new ProgramFolder(pageRoot),
        log,
        history: log.history,
        language: () => scriptLanguage(options),
      },
    }),
  );
  const tell = (line: string): void => {
    out.write(`${line}\n`);
    log.keep(line);
  };
  if (sampleUrl !== null) tell(`No --upstream given: this is a sample application at ${sampleUrl}`);
  for (const url of shown(gateway.addresses))
    tell(`Listening on ${url}${options.upstream === null ? '' : ` for ${options.upstream}`}`);
  const own = pageRoot.kind === 'built-in' ? path.join(pageRoot.ownFolder, pageRoot.source.entry) : null;
  if (own !== null && existsSync(own))
    tell(
      `This is the built-in program; what was saved in the page is started there, or by: tapline ${path.relative(terminal.cwd, own)}`,
    );
  if (program === null && pageRoot.kind === 'folder')
    tell(`Nothing runs yet: start a script of ${pageRoot.folder} in the page`);
  if (gateway.isRecording)
    tell(
      `Records: ${options.dataDir} (tapline records --data-dir=${path.relative(terminal.cwd, options.dataDir) || '.'})`,
    );
  if (adminLine !== null) tell(adminLine);
  const unhear = onOtherSignals(gateway, log);
  const outcome = await Promise.race([signalled, gateway.done.then(() => null)]).catch(
    (error: unknown) => error as Error,
  );
  unhear();
  await control?.stop();
  await reader?.stop();
  if (outcome instanceof Error) {
    log.write('error', `[gateway] ${outcome.message}`);
    await gateway.stop(0);
    return EXIT.failure;
  }
  log.write(
    'info',
    `[gateway] stopping: what is in flight may take ${options.shutdownTimeoutMs} ms; interrupt again to cut it`,
  );
  void nextSignal().then(() => {
    log.write('warn', '[gateway] interrupted again: what is in flight is cut');
    return gateway.cut();
  });
  const { left, bySink } = await gateway.stop(options.shutdownTimeoutMs);
  log.write(
    'info',
    !gateway.isRecording
      ? '[gateway] stopped'
      : left === 0
        ? '[gateway] stopped: every record is delivered'
        : `[gateway] stopped: records wait in the spool for the next start: ${[...bySink]
            .filter(([, bytes]) => bytes > 0)
            .map(([sink, bytes]) => `${bytes} bytes for ${sink}`)
            .join(', ')}`,
  );
  return EXIT.ok;
}

/** What other commands ask a running gateway goes over its control socket. Traffic does not depend on it. */
async function startControl(gateway: Gateway, { dataDir }: Options, log: LineLog): Promise<ControlServer> {
  const takeProfile = profileTaker(gateway.profiledThreads);
  const control = new ControlServer({
    dataDir,
    log,
    commands: {
      profile: (request, signal) => {
        log.write('info', `[control] a profile is asked for: ${String(request['kind'])}`);
        return takeProfile(request, signal);
      },
    },
  });
  try {
    await control.start();
  } catch (error) {
    log.write(
      'warn',
      `[control] there is no control socket, so tapline profile cannot be used: ${(error as Error).message}`,
    );
  }
  return control;
}

/** Loads a script and says what is wrong with it, also what would only be a warning at start (spec cli 1, `--verify`). */
function verifyScript(source: ProgramSource, options: Options, terminal: Terminal): number {
  let faults: readonly ScriptError[];
  try {
    const program = loadOnly({ program: source, options }, { write: () => {} });
    program.release();
    faults = program.warnings;
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    faults = [error];
  }
  if (faults.length === 0) return print(terminal, 'Done.\n');
  for (const fault of faults) terminal.err.write(`${fault.format()}\n`);
  return EXIT.failure;
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
    const listener = (signal: NodeJS.Signals): void => {
      for (const other of signals) process.off(other, listener);
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, listener);
  });
}

/** SIGHUP reloads the program, SIGTSTP prints what is running (spec cli 5). Returns the way to stop listening. */
function onOtherSignals(gateway: Gateway, log: LineLog): () => void {
  let reloading = Promise.resolve();
  const onReload = (): void => {
    reloading = reloading.then(async () => {
      try {
        const addresses = await gateway.reload();
        const shown = addresses.map(({ address, port }) => `${shownHost(address)}:${port}`).join(', ');
        log.write('info', `[config] script reloaded; listening on ${shown || 'no port'}`);
      } catch (error) {
        const { message } = error as Error;
        const told =
          gateway.program() === null
            ? 'No script running'
            : `failed reloading script, the old one runs on: ${message}`;
        for (const line of told.split('\n')) log.write('error', `[config] ${line}`);
      }
    });
  };
  const onCensus = (): void => {
    gateway.census().then(
      (lines) => log.write('output', lines.join('\n')),
      (error: unknown) => log.write('error', `[gateway] ${(error as Error).message}`),
    );
  };
  process.on('SIGHUP', onReload);
  process.on('SIGTSTP', onCensus);
  return () => {
    process.off('SIGHUP', onReload);
    process.off('SIGTSTP', onCensus);
    // From here on a hang-up is no reload and no sudden death either.
    process.on('SIGHUP', () => {});
  };
}

function shownHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** What an operator reports with a fault (spec cli 1). */
function versionText(): string {
  const rows = [
    ['Version', VERSION],
    ['Node', process.version],
    ['Host', `${process.platform} ${process.arch}`],
    ['OpenSSL', process.versions.openssl],
    ['SQLite', process.versions.sqlite ?? 'none'],
  ];
  return rows.map(([name, value]) => `${name!.padEnd(8)} ${value}\n`).join('');
}

function print(terminal: Terminal, text: string): number {
  terminal.out.write(text);
  return EXIT.ok;
}
