import { formatBytes, formatDuration } from '../../parts/format.ts';
import { bodyViews } from './body-views.ts';
import { diffLines } from './diff-lines.ts';
import { type DiffRow, diffRows } from './diff-rows.ts';
import { formatJson } from '../../../../codecs/json/format-json.ts';
import { formatMarkup } from './format-markup.ts';
import type { HeaderLine } from './header-lines.ts';
import { marksOf } from './marks.ts';
import type { ShownBody, ShownRecord } from './shown-record.ts';
import { statusText } from './status-text.ts';

/** Something that both records have, as each has it; null where one does not. */
export interface ComparedValue {
  readonly name: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly isDifferent: boolean;
}

export type ComparedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'same'; readonly lineCount: number }
  | { readonly kind: 'different'; readonly rows: readonly DiffRow[] }
  /** Too large, or nothing of one is kept: why. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Comparison {
  readonly facts: readonly ComparedValue[];
  readonly requestHeaders: readonly ComparedValue[];
  readonly requestBody: ComparedBody;
  readonly responseHeaders: readonly ComparedValue[];
  readonly responseBody: ComparedBody;
}

/** What differs between two records. */
export function compareRecords(left: ShownRecord, right: ShownRecord): Comparison {
  const fact = (name: string, valueOf: (record: ShownRecord) => string | null): ComparedValue =>
    compared(name, valueOf(left), valueOf(right));
  return {
    facts: [
      fact('Kind', ({ kind }) => kind),
      fact('Method', ({ method }) => method),
      fact('URL', ({ url }) => url.full ?? url.original),
      fact('Status', ({ status }) => (status === null ? null : statusText(status))),
      fact('Error', ({ error }) => (error === null ? null : `${error.type}: ${error.message}`)),
      fact('Duration', ({ durationNs }) => duration(durationNs)),
      fact('First byte', ({ firstByteNs }) => duration(firstByteNs)),
      fact('Client', ({ client, source }) => client ?? source),
      fact('Application', ({ upstream }) => upstream),
      fact('Request', ({ request }) => size(request.bytes)),
      fact('Request body', ({ request }) => size(request.body.bytes)),
      fact('Response', ({ response }) => size(response.bytes)),
      fact('Response body', ({ response }) => size(response.body.bytes)),
      fact('Response type', ({ response }) => response.body.mimeType),
      fact(
        'Marks',
        (record) =>
          marksOf(record)
            .map(({ text }) => text)
            .join('\n') || null,
      ),
    ].filter((value) => value.left !== null || value.right !== null),
    requestHeaders: compareHeaders(left.request.headers, right.request.headers),
    requestBody: compareBodies(left.request.body, right.request.body),
    responseHeaders: compareHeaders(left.response.headers, right.response.headers),
    responseBody: compareBodies(left.response.body, right.response.body),
  };
}

/** By name, in the order of the left, then what only the right has; values of a repeated field are one. */
function compareHeaders(left: readonly HeaderLine[], right: readonly HeaderLine[]): readonly ComparedValue[] {
  const [leftByName, rightByName] = [byName(left), byName(right)];
  return [...new Set([...leftByName.keys(), ...rightByName.keys()])].map((name) =>
    compared(name, leftByName.get(name) ?? null, rightByName.get(name) ?? null),
  );
}

function byName(headers: readonly HeaderLine[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of headers) {
    const lower = name.toLowerCase();
    const before = values.get(lower);
    values.set(lower, before === undefined ? value : `${before}\n${value}`);
  }
  return values;
}

/** Line by line, as they are shown: JSON and markup with a line for each member. */
export function compareBodies(left: ShownBody, right: ShownBody): ComparedBody {
  if (isEmpty(left) && isEmpty(right)) return { kind: 'none' };
  if ((left.text === null && !isEmpty(left)) || (right.text === null && !isEmpty(right)))
    return compareHashes(left, right);
  const [leftLines, rightLines] = [shownLines(left), shownLines(right)];
  const runs = diffLines(leftLines, rightLines);
  if (runs === null)
    return { kind: 'unknown', reason: 'They are too large or too different to be compared line by line.' };
  const rows = diffRows(runs, leftLines, rightLines);
  return rows.length === 0 ? { kind: 'same', lineCount: leftLines.length } : { kind: 'different', rows };
}

function compareHashes(left: ShownBody, right: ShownBody): ComparedBody {
  if (left.hash !== null && left.hash === right.hash && left.bytes === right.bytes)
    return { kind: 'unknown', reason: 'Neither is kept, but what was hashed of them is the same.' };
  if (left.hash !== null && right.hash !== null)
    return { kind: 'unknown', reason: 'Neither is kept; their hashes differ.' };
  return { kind: 'unknown', reason: 'The body of one of them is not kept.' };
}

function shownLines(body: ShownBody): readonly string[] {
  const { text } = body;
  if (text === null || text === '') return [];
  const view = bodyViews(body)[0];
  const shown = view === 'json' ? formatJson(text) : view === 'markup' ? formatMarkup(text) : text;
  return shown.split(/\r?\n/);
}

function isEmpty({ text, bytes }: ShownBody): boolean {
  return (text === null || text === '') && (bytes === null || bytes === 0);
}

function compared(name: string, left: string | null, right: string | null): ComparedValue {
  return { name, left, right, isDifferent: left !== right };
}

function duration(ns: number | null): string | null {
  return ns === null ? null : formatDuration(ns);
}

function size(bytes: number | null): string | null {
  return bytes === null ? null : formatBytes(bytes);
}
