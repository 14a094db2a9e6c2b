import { randomBytes } from 'node:crypto';
import type { Options } from '../config/options.ts';
import type { Log, Ports } from '../core/ports.ts';
import { catalogue } from '../filters/index.ts';
import { ChildProcesses } from '../net/child-processes.ts';
import { SocketDialer } from '../net/outbound.ts';
import { DiskFiles } from '../script/program-files.ts';
import { loadProgram as load, type Program } from '../script/program.ts';
import { type AuditGlobals, auditGlobals } from './audit-globals.ts';
import type { ProgramSource } from './program-source.ts';
import { systemClock } from './system-clock.ts';

export interface LoadWorld {
  readonly options: Options;
  readonly ports: Omit<Ports, 'processes'>;
  readonly audit: AuditGlobals;
}

/** Loads a program from disk with everything that scripts can use. Throws ScriptError. */
export function loadProgram(source: ProgramSource, { options, ports, audit }: LoadWorld): Program {
  const files = new DiskFiles(source.root);
  return load({
    entry: source.entry,
    files,
    catalogue,
    ports: { ...ports, processes: new ChildProcesses(files.root, options.sendBufferBytes) },
    env: process.env,
    globals: { audit },
    isCompat: options.compat,
    maxMessageBytes: options.maxMessageBytes,
  });
}

/** Loads a program without starting anything, for `--verify`. Throws ScriptError. */
export function loadOnly(
  { program, options }: { readonly program: ProgramSource; readonly options: Options },
  log: Log,
): Program {
  return loadProgram(program, {
    options,
    ports: {
      clock: systemClock,
      log,
      dialer: new SocketDialer(systemClock, log, 0),
      output: { write: () => {} },
      randomBytes,
    },
    audit: auditGlobals(options, null),
  });
}
