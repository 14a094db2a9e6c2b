import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { UsageError } from '../config/usage-error.ts';
import { askGateway, NoGatewayError } from '../control/control-client.ts';
import {
  PROFILE_LIMITS,
  type ProfileKind,
  type ProfileRequest,
  readProfileRequest,
} from '../profiling/profile-request.ts';
import type { ProfileEvent } from '../profiling/take-profile.ts';
import { DataDirectory } from '../spool/data-directory.ts';
import { readCommandOptions } from './command-options.ts';
import { EXIT } from './exit-codes.ts';
import { ProfileFile, type ThreadProfile } from './profile-file.ts';
import { newProgress } from './profile-progress.ts';
import { profileReport } from './profile-report.ts';
import { type Terminal, writeOut } from './terminal.ts';

/** The gateway tells each second that it is still there; a thread that is stuck for a while keeps it from that. */
const SILENCE_MS = 90_000;

/** A snapshot stops the main thread, too: minutes where the heap is large. */
const SNAPSHOT_SILENCE_MS = 15 * 60_000;

/** As the tools that open them know them. */
const ENDINGS: Readonly<Record<ProfileKind, string>> = {
  cpu: 'cpuprofile',
  heap: 'heapprofile',
  snapshot: 'heapsnapshot',
};

/** `tapline profile cpu|heap|snapshot` */
export async function profile(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [kind = '', ...rest] = argv;
  if (!Object.hasOwn(ENDINGS, kind))
    throw new UsageError(`profile: expected cpu, heap or snapshot${kind === '' ? '' : `, not ${kind}`}`);
  const { own, gateway } = readCommandOptions(
    rest,
    {
      seconds: 'text',
      output: 'text',
      thread: 'text',
      'sample-us': 'text',
      'sample-bytes': 'text',
      garbage: 'flag',
      'include-contents': 'flag',
      json: 'flag',
    },
    terminal,
  );
  const request = requestOf(kind as ProfileKind, own);
  const { dataDir } = gateway.options;
  const directory = DataDirectory.open(dataDir, { isReadOnly: true });
  const newFile = filesIn(path.resolve(terminal.cwd, own.get('output') ?? '.'), request.kind);
  const progress = newProgress(request, terminal);
  // Half a file is removed: part of a snapshot is as secret as the whole.
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const events = askGateway({
    dataDir,
    signal: interrupted.signal,
    request: { command: 'profile', ...request },
    timeoutMs: request.kind === 'snapshot' ? SNAPSHOT_SILENCE_MS : SILENCE_MS,
  }) as AsyncGenerator<ProfileEvent>;
  const threads: ThreadProfile[] = [];
  let file: ProfileFile | null = null;
  try {
    for await (const event of events) {
      progress.tell(event);
      if (event.type === 'part') {
        file ??= newFile(event.thread);
        file.append(event.text);
      } else if (event.type === 'whole' && file !== null) {
        threads.push(file.finish());
        file = null;
      }
    }
  } catch (error) {
    if (!(error instanceof NoGatewayError)) throw error;
    throw new Error(
      directory.isInUse
        ? `the gateway of ${dataDir} has no control socket: its log says why at its start`
        : `no gateway runs with the data directory ${dataDir}: say which with --data-dir (a gateway with a script that does not use audit has none, and cannot be asked)`,
      { cause: error },
    );
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    progress.end();
    file?.discard();
  }
  await writeOut(
    terminal,
    own.has('json')
      ? `${JSON.stringify({ ...request, threads }, null, 2)}\n`
      : profileReport(request, threads, terminal.cwd),
  );
  return EXIT.ok;
}

function requestOf(kind: ProfileKind, own: ReadonlyMap<string, string>): ProfileRequest {
  const allowed = {
    cpu: ['seconds', 'sample-us'],
    heap: ['seconds', 'sample-bytes', 'garbage'],
    snapshot: ['include-contents'],
  }[kind];
  for (const name of own.keys())
    if (!['output', 'thread', 'json', ...allowed].includes(name))
      throw new UsageError(`--${name} says nothing about a ${kind} profile`);
  const number = (name: string, byDefault: number): number => {
    const text = own.get(name);
    if (text === undefined) return byDefault;
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name}: expected a whole number, not ${text}`);
    return Number(text);
  };
  const isIncludingGarbage = own.has('garbage');
  const { seconds, intervalMicroseconds, intervalBytes, garbageIntervalBytes } = PROFILE_LIMITS;
  try {
    return readProfileRequest({
      kind,
      thread: own.get('thread') ?? null,
      seconds: number('seconds', seconds.byDefault),
      intervalMicroseconds: number('sample-us', intervalMicroseconds.byDefault),
      intervalBytes: number(
        'sample-bytes',
        isIncludingGarbage ? garbageIntervalBytes : intervalBytes.byDefault,
      ),
      isIncludingGarbage,
      isIncludingContents: own.has('include-contents'),
    });
  } catch (error) {
    throw new UsageError(`profile ${kind}: ${(error as Error).message}`);
  }
}

/** Makes the file of a thread; the folder is made with the first. */
function filesIn(folder: string, kind: ProfileKind): (thread: string) => ProfileFile {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return (thread) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new ProfileFile(path.join(folder, `tapline-${time}-${thread}.${ENDINGS[kind]}`), thread, kind);
  };
}
