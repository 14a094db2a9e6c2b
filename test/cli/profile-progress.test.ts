import test from 'ava';
import { newProgress } from '../../src/cli/profile-progress.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { ProfileEvent } from '../../src/profiling/take-profile.ts';

const CPU = { kind: 'cpu', thread: null, seconds: 3, intervalMicroseconds: 1000 } as const;
const SNAPSHOT = { kind: 'snapshot', thread: null, isIncludingContents: true } as const;

function shown(request: Parameters<typeof newProgress>[0], isTTY: boolean, events: ProfileEvent[]): string {
  let text = '';
  const err = { isTTY, write: (part: string) => (text += part) };
  const progress = newProgress(request, { err } as unknown as Terminal);
  for (const event of events) progress.tell(event);
  progress.end();
  progress.end();
  return text;
}

const EVENTS: ProfileEvent[] = [
  { type: 'begun', threads: ['main', 'data-0'] },
  { type: 'running', elapsedSeconds: 1 },
  { type: 'running', elapsedSeconds: 2 },
  { type: 'part', thread: 'data-0', text: 'x'.repeat(200_000) },
  { type: 'whole', thread: 'data-0' },
];

test('a terminal sees it move, and has its line back at the end', (t) => {
  t.is(
    shown(CPU, true, EVENTS),
    'cpu profile of main, data-0 for 3 s\n\r  1 of 3 s\r  2 of 3 s\r  data-0: 0.2 MB\r                \r',
  );
});

test('a file sees the beginning only', (t) => {
  t.is(shown(CPU, false, EVENTS), 'cpu profile of main, data-0 for 3 s\n');
  t.is(shown(SNAPSHOT, false, EVENTS), 'heap snapshot of main, data-0: each stands still meanwhile\n');
});
