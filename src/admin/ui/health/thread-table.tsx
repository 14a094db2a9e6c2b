import type { JSX } from 'preact';
import type { ThreadView } from '../../api/health/health-view.ts';
import { formatBytes, formatCount } from '../parts/format.ts';
import { SECONDS } from './units.ts';
import { formatShare } from './wording.ts';

/** The threads of now. */
export function ThreadTable({ threads }: { threads: readonly ThreadView[] }): JSX.Element {
  return (
    <div class="health-table-scroll" tabIndex={0} role="region" aria-label="Threads, table">
      <table class="health-table">
        <thead>
          <tr>
            <th scope="col">Thread</th>
            <th scope="col">Busy</th>
            <th scope="col">Loop delay p50</th>
            <th scope="col">p99</th>
            <th scope="col">max</th>
            <th scope="col">Heap</th>
            <th scope="col">Connections</th>
            <th scope="col">Sessions</th>
          </tr>
        </thead>
        <tbody>
          {threads.map(({ name, isAlive, busyShare, loopDelay, heapBytes, connections, sessions }) => (
            <tr key={name} class={isAlive ? undefined : 'health-table-dead'}>
              <th scope="row">
                {name}
                {!isAlive && ' (ended)'}
              </th>
              <td>{busyShare === null ? '–' : formatShare(busyShare)}</td>
              <td>{delay(loopDelay?.p50Seconds)}</td>
              <td>{delay(loopDelay?.p99Seconds)}</td>
              <td>{delay(loopDelay?.maxSeconds)}</td>
              <td>{formatBytes(heapBytes)}</td>
              <td>{connections === null ? '' : formatCount(connections)}</td>
              <td>{sessions === null ? '' : formatCount(sessions)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function delay(seconds: number | undefined): string {
  return seconds === undefined ? '–' : SECONDS.format(seconds);
}
