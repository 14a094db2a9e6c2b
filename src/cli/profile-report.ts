import * as path from 'node:path';
import type { ProfileKind, ProfileRequest } from '../profiling/profile-request.ts';
import type { FunctionShare } from '../profiling/top-functions.ts';
import { printable } from '../telemetry/log.ts';
import type { ThreadProfile } from './profile-file.ts';

const HOW_TO_OPEN: Readonly<Record<ProfileKind, string>> = {
  cpu: 'Chrome DevTools (Performance panel, load profile), VS Code (open the file), or speedscope.app (reads it in the browser)',
  heap: 'Chrome DevTools (Memory panel, load profile), VS Code (open the file), or speedscope.app (reads it in the browser)',
  snapshot: 'Chrome DevTools (Memory panel, load profile)',
};

/** What was taken, for people: the files, how to open them, and what stands out in each. */
export function profileReport(
  request: ProfileRequest,
  threads: readonly ThreadProfile[],
  cwd: string,
): string {
  const isHolding = request.kind === 'heap' && !request.isIncludingGarbage;
  const tables = threads.map((profile) => {
    switch (profile.kind) {
      case 'cpu':
        return `${profile.thread}: busy for ${ms(profile.total)} of ${ms(profile.wallMs)} (${percent(profile.total / profile.wallMs)})\n${rows(profile.functions, ms)}\n`;
      case 'heap':
        return `${profile.thread}: ${bytes(profile.total)} allocated in ${request.kind === 'heap' ? request.seconds : 0} s${isHolding ? ' and held at the end' : ''}\n${rows(profile.functions, bytes)}\n`;
      case 'snapshot':
        return '';
    }
  });
  const files = threads.map(({ file, bytes: size }) => `  ${shortest(file, cwd)}  (${bytes(size)})\n`);
  const warning =
    request.kind === 'snapshot'
      ? 'They hold bodies, headers and secrets of the traffic: keep them like those, and delete them soon.\n'
      : '';
  return `${tables.join('')}Written, one file a thread:\n${files.join('')}${warning}Open with ${HOW_TO_OPEN[request.kind]}.\n`;
}

function rows(functions: readonly FunctionShare[], show: (value: number) => string): string {
  if (functions.length === 0) return '  nothing was seen\n';
  const width = Math.max(...functions.map(({ name }) => name.length));
  return functions
    .map(
      ({ name, place, self, share }) =>
        `${percent(share).padStart(7)} ${show(self).padStart(10)}  ${`${printable(name).padEnd(width)}  ${printable(place)}`.trimEnd()}\n`,
    )
    .join('');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function bytes(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e3).toFixed(1)} kB`;
}

function shortest(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative.length < file.length ? relative : file;
}
