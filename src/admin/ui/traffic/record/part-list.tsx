import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatBytes } from '../../parts/format.ts';
import { FieldsTable } from './fields-table.tsx';
import { utf8Length } from './marks.ts';
import { parseMultipart } from './multipart-parts.ts';

/** The parts of a multipart body, a row each: a file by its name, type and beginning. */
export function PartList({ text, label }: { text: string; label: string }): JSX.Element {
  const parts = useMemo(() => parseMultipart(text), [text]);
  if (parts.length === 0) return <p class="muted">No part can be found in it: look at it as text.</p>;
  return (
    <FieldsTable
      label={label}
      fields={parts.map(({ name, fileName, contentType, content, isCut }) => ({
        name: name ?? '(without a name)',
        value: content,
        note: [
          fileName === null ? '' : `file ${fileName}`,
          contentType ?? '',
          fileName === null ? '' : formatBytes(utf8Length(content)),
          isCut ? 'cut' : '',
        ]
          .filter((one) => one !== '')
          .join(', '),
      }))}
    />
  );
}
