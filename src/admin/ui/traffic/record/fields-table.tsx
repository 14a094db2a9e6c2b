import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Shown } from '../../parts/shown.tsx';
import { isRedacted } from './header-lines.ts';

/** A line of a table of names and values. */
export interface TableField {
  readonly name: string;
  readonly value: string;
  /** Beside the value, in words. */
  readonly note?: string;
}

const SHOWN_AT_FIRST = 200;
const MAX_VALUE = 16 * 1024;

/** Names and values of a record in their order; covered ones are marked. */
export function FieldsTable({
  label,
  fields,
}: {
  label: string;
  fields: readonly TableField[];
}): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? fields : fields.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <table class="record-fields" aria-label={label}>
        <tbody>
          {shown.map(({ name, value, note }, index) => (
            <tr key={index}>
              <th scope="row">
                <Shown text={name} maxLength={500} />
              </th>
              <td>
                <Value text={value} />
                {isRedacted(value) && (
                  <span class="record-badge" title="A secret was covered before it was written">
                    redacted
                  </span>
                )}
                {note !== undefined && note !== '' && (
                  <span class="muted">
                    {' '}
                    <Shown text={note} maxLength={500} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < fields.length && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          Show all {fields.length}
        </button>
      )}
    </>
  );
}

/** Long values are cut until somebody wants them. */
function Value({ text }: { text: string }): JSX.Element {
  const [isLong, setLong] = useState(false);
  if (text === '') return <span class="muted">empty</span>;
  if (text.length <= 1000) return <Shown text={text} />;
  return (
    <>
      <Shown text={text} maxLength={isLong ? MAX_VALUE : 600} />{' '}
      <button type="button" class="record-link" aria-expanded={isLong} onClick={() => setLong(!isLong)}>
        {isLong ? 'less' : `more (${text.length} characters)`}
      </button>
    </>
  );
}
