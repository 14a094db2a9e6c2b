import type { Front } from './front.ts';

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
      program.modules.flatMap((module) =>
        [...module.layouts.values()].map(({ name, sessions }) => [
          `${module.file}${isStale ? ' [STALE]' : ''}`,
          name,
          `${sessions.made}`,
          `${sessions.active}`,
        ]),
      ),
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
