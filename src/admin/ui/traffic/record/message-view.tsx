import type { ComponentChildren, JSX } from 'preact';
import { BodyView } from './body-view.tsx';
import { readCookies } from './cookies.ts';
import { FieldsTable } from './fields-table.tsx';
import { parseFormFields } from './form-fields.ts';
import type { ShownMessage } from './shown-record.ts';

/** A request or an answer: parameters, cookies, headers, body. */
export function MessageView({
  message,
  what,
  query = null,
}: {
  message: ShownMessage;
  what: 'request' | 'response';
  /** Of the URL, without the question mark. */
  query?: string | null;
}): JSX.Element {
  const parameters = query === null ? [] : parseFormFields(query);
  const cookies = readCookies(message.headers);
  return (
    <>
      {parameters.length > 0 && (
        <Part title="Query" count={parameters.length}>
          <FieldsTable label="Query parameters" fields={parameters} />
        </Part>
      )}
      <Part title="Headers" count={message.headers.length}>
        {message.headers.length === 0 ? (
          <p class="muted">None.</p>
        ) : (
          <FieldsTable label={`Headers of the ${what}`} fields={message.headers} />
        )}
      </Part>
      {cookies.length > 0 && (
        <Part title="Cookies" count={cookies.length}>
          <FieldsTable
            label={`Cookies of the ${what}`}
            fields={cookies.map(({ name, value, attributes }) => ({
              name,
              value,
              note: attributes.join('; '),
            }))}
          />
        </Part>
      )}
      <Part title="Body">
        <BodyView body={message.body} what={what} />
      </Part>
    </>
  );
}

/** A part of a view that can be folded away. */
export function Part({
  title,
  count,
  children,
}: {
  title: string;
  count?: number;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <details class="record-part" open>
      <summary>
        <h3>{title}</h3>
        {count !== undefined && <span class="muted">{count}</span>}
      </summary>
      {children}
    </details>
  );
}
