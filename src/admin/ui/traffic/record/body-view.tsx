import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatBytes, formatCount } from '../../parts/format.ts';
import { Shown } from '../../parts/shown.tsx';
import { copy } from '../../parts/toasts.tsx';
import { BODY_VIEW_TITLES, type BodyView as View, bodyViews } from './body-views.ts';
import { EventList } from './event-list.tsx';
import { FieldsTable } from './fields-table.tsx';
import { parseFormFields } from './form-fields.ts';
import { formatJson } from '../../../../codecs/json/format-json.ts';
import { formatMarkup } from './format-markup.ts';
import { HexTable } from './hex-table.tsx';
import { droppedText, recordedText } from './marks.ts';
import { PartList } from './part-list.tsx';
import type { ShownBody } from './shown-record.ts';
import { SearchableCode } from './searchable-code.tsx';

/** A body: the view that suits it best, a switch to the others, or why it is not there. */
export function BodyView({ body, what }: { body: ShownBody; what: 'request' | 'response' }): JSX.Element {
  const views = bodyViews(body);
  const [chosen, setChosen] = useState<View | null>(null);
  const view = chosen !== null && views.includes(chosen) ? chosen : views[0];
  if (view === undefined || body.text === null) return <NoBody body={body} what={what} />;
  const { text } = body;
  return (
    <div class="record-body">
      <div class="record-body-bar">
        <div class="record-switch" role="group" aria-label={`View of the ${what} body`}>
          {views.map((one) => (
            <button
              key={one}
              type="button"
              class="button"
              aria-pressed={one === view}
              onClick={() => setChosen(one)}
            >
              {BODY_VIEW_TITLES[one]}
            </button>
          ))}
        </div>
        <button type="button" class="button" onClick={() => void copy(text, `the ${what} body`)}>
          Copy
        </button>
        <span class="muted record-body-size">
          <Shown text={sizeText(body)} />
        </span>
      </div>
      {body.isTruncated && (
        <p class="record-note record-note-warning">The body is cut: {recordedText(body)}.</p>
      )}
      {body.decodeError !== null && (
        <p class="record-note record-note-warning">
          It could not be decoded (<Shown text={body.decodeError} maxLength={300} />) and is shown as it was
          received.
        </p>
      )}
      {/* Another body begins at its first page. */}
      <Content key={`${view} ${text.length} ${text.slice(0, 64)}`} view={view} text={text} what={what} />
    </div>
  );
}

function Content({ view, text, what }: { view: View; text: string; what: string }): JSX.Element {
  const label = `The ${what} body as ${BODY_VIEW_TITLES[view]}`;
  const formatted = useMemo(
    () => (view === 'json' ? formatJson(text) : view === 'markup' ? formatMarkup(text) : text),
    [view, text],
  );
  switch (view) {
    case 'json':
    case 'markup':
      return <SearchableCode text={formatted} language={view} label={label} />;
    case 'text':
      return <SearchableCode text={text} language="plain" label={label} />;
    case 'form':
      return <FieldsTable label={label} fields={parseFormFields(text)} />;
    case 'multipart':
      return <PartList text={text} label={label} />;
    case 'events':
      return <EventList text={text} label={label} />;
    case 'hex':
      return <HexTable text={text} label={label} />;
  }
}

function sizeText({ bytes, mimeType, declaredType, coding, decodeError }: ShownBody): string {
  const type = mimeType ?? declaredType;
  return [
    bytes === null ? '' : `${formatBytes(bytes)}${coding === null ? '' : ` ${coding}`}`,
    type ?? '',
    coding !== null && decodeError === null ? 'decoded' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What is known of a body that is not there. */
function NoBody({ body, what }: { body: ShownBody; what: string }): JSX.Element {
  const { bytes, dropped, hash, mimeType, declaredType } = body;
  if (bytes === 0 || (bytes === null && dropped === null && hash === null))
    return <p class="muted">No body.</p>;
  const type = mimeType ?? declaredType;
  return (
    <div class="record-absent">
      <p>
        {dropped === null
          ? `The ${what} body is not text, so its bytes are not kept.`
          : `The ${what} body was not kept: `}
        {dropped !== null && <Shown text={`${droppedText(dropped)}.`} maxLength={300} />}
      </p>
      <FieldsTable
        label={`What is known of the ${what} body`}
        fields={[
          ...(bytes === null
            ? []
            : [
                {
                  name: 'Length',
                  value:
                    bytes < 1024 ? formatBytes(bytes) : `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`,
                },
              ]),
          ...(type === null
            ? []
            : [{ name: 'Type', value: type, note: mimeType === null ? 'as declared' : 'by its content' }]),
          ...(hash === null
            ? []
            : [{ name: 'Hash', value: hash, note: 'keyed: equal hashes of one gateway mean equal bytes' }]),
        ]}
      />
    </div>
  );
}
