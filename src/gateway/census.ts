import { countsKey } from '../script/program-graph.ts';
import type { Program } from '../script/program.ts';
import type { Front } from './front.ts';
import type { PipelineActivity, ThreadActivity } from './program-activity.ts';

/** What the program of a data thread is doing. */
export function activityOf(front: Front): ThreadActivity {
  const stale = front.programs().filter(({ isStale }) => isStale);
  const staleSessions = stale
    .flatMap(({ program }) => pipelinesOf(program))
    .reduce((sum, { active }) => sum + active, 0);
  return {
    connections: front.connectionCount,
    pipelines: front.program === null ? [] : pipelinesOf(front.program),
    stale: { programs: stale.length, sessions: staleSessions },
  };
}

/** How many sessions of all pipelines are open. */
export function activeSessions(front: Front): number {
  let sum = 0;
  for (const { program } of front.programs())
    for (const module of program.modules)
      for (const { sessions } of module.layouts.values()) sum += sessions.active;
  return sum;
}

/** Every pipeline with the sessions that it had and has; those of replaced programs are marked (spec cli 5, SIGTSTP). */
export function census(front: Front, thread: number): string[] {
  const rows = front
    .programs()
    .flatMap(({ program, isStale }) =>
      pipelinesOf(program).map(({ file, name, made, active }) => [
        `${file}${isStale ? ' [STALE]' : ''}`,
        name,
        `${made}`,
        `${active}`,
      ]),
    );
  const head = ['FILE', 'PIPELINE', 'SESSIONS', 'ACTIVE'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return [`data thread ${thread}: ${front.connectionCount} connections`, line(head), ...rows.map(line)];
}

function pipelinesOf(program: Program): PipelineActivity[] {
  return program.modules.flatMap(({ file, layouts }) =>
    [...layouts.values()].map(({ name, sessions, filters }, index) => ({
      key: countsKey(file, index, null),
      file,
      name,
      ...sessions,
      filters: filters.map((filter, number) => ({
        key: countsKey(file, index, number),
        name: filter.name,
        ...filter.counts,
      })),
    })),
  );
}
