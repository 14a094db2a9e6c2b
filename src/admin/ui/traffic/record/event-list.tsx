import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Shown } from '../../parts/shown.tsx';
import { parseServerSentEvents } from './server-sent-events.ts';

const SHOWN_AT_FIRST = 200;
const MAX_DATA = 4000;

/** Server-sent events, one row each. */
export function EventList({ text, label }: { text: string; label: string }): JSX.Element {
  const [shownCount, setShownCount] = useState(SHOWN_AT_FIRST);
  const events = useMemo(() => parseServerSentEvents(text, shownCount + 1), [text, shownCount]);
  return (
    <>
      <table class="record-events" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Id</th>
            <th scope="col">Event</th>
            <th scope="col">Data</th>
          </tr>
        </thead>
        <tbody>
          {events.slice(0, shownCount).map((event, index) => (
            <tr key={index}>
              <td class="muted">{index + 1}</td>
              <td>{event.id !== null && <Shown text={event.id} maxLength={200} />}</td>
              <td>{event.type !== null && <Shown text={event.type} maxLength={200} />}</td>
              <td>
                <Shown text={event.data} maxLength={MAX_DATA} />
                {event.retry !== null && (
                  <span class="muted">
                    retry: <Shown text={event.retry} maxLength={40} />
                  </span>
                )}
                {event.comments.map((comment, at) => (
                  <span key={at} class="muted">
                    : <Shown text={comment} maxLength={500} />
                  </span>
                ))}
                {event.isCut && <span class="record-badge">cut</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {events.length > shownCount && (
        <button type="button" class="button" onClick={() => setShownCount(shownCount * 4)}>
          Show more
        </button>
      )}
    </>
  );
}
