import type { ProfileRequest } from '../profiling/profile-request.ts';
import type { ProfileEvent } from '../profiling/take-profile.ts';
import type { Terminal } from './terminal.ts';

/** Shows on standard error how far a profile is. */
export interface ProfileProgress {
  tell(event: ProfileEvent): void;
  /** The line is given back. Safe twice. */
  end(): void;
}

/** On a terminal one line that is written over; elsewhere a line at the start. */
export function newProgress(request: ProfileRequest, { err }: Terminal): ProfileProgress {
  let shown = '';
  let writtenLength = 0;
  const show = (text: string): void => {
    err.write(`\r${text.padEnd(shown.length)}`);
    shown = text;
  };
  return {
    tell(event) {
      if (event.type === 'begun') {
        const what =
          request.kind === 'snapshot'
            ? `heap snapshot of ${event.threads.join(', ')}: each stands still meanwhile`
            : `${request.kind} profile of ${event.threads.join(', ')} for ${request.seconds} s`;
        err.write(`${what}\n`);
      } else if (!err.isTTY) return;
      else if (event.type === 'running' && request.kind !== 'snapshot')
        show(`  ${event.elapsedSeconds} of ${request.seconds} s`);
      else if (event.type === 'part') {
        writtenLength += event.text.length;
        show(`  ${event.thread}: ${(writtenLength / 1e6).toFixed(1)} MB`);
      } else if (event.type === 'whole') writtenLength = 0;
    },
    end() {
      if (shown !== '') err.write(`\r${' '.repeat(shown.length)}\r`);
      shown = '';
    },
  };
}
