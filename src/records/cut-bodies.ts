import type { RecordDocument } from './record-document.ts';

interface Cuttable {
  http?: Record<'request' | 'response', { body?: { content?: string } } | undefined>;
  tapline?: Record<
    'request' | 'response',
    { body?: { truncated?: boolean; cut_for_sink?: boolean } } | undefined
  >;
}

/**
 * A smaller copy of a record for a sink that does not take one so large: each body is cut to at most `maxBytes` of UTF-8, on a character boundary,
 * and marked: `tapline.{request,response}.body.truncated` and `cut_for_sink`. The id stays. A record without bodies comes back as it is.
 */
export function cutBodies(record: RecordDocument, maxBytes: number): RecordDocument {
  const document = JSON.parse(record.bytes.toString('utf8')) as Cuttable;
  let isCut = false;
  for (const half of ['request', 'response'] as const) {
    const body = document.http?.[half]?.body;
    if (body?.content === undefined || Buffer.byteLength(body.content) <= maxBytes) continue;
    body.content = utf8Start(body.content, maxBytes);
    isCut = true;
    const tapline = (document.tapline ??= {} as NonNullable<Cuttable['tapline']>);
    const marks = (tapline[half] ??= {});
    marks.body = { ...marks.body, truncated: true, cut_for_sink: true };
  }
  if (!isCut) return record;
  const { id, sequence, timestampMs, kind, sourceBytes, destinationBytes } = record;
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, id, sequence, timestampMs, kind, sourceBytes, destinationBytes };
}

/** The longest start of `text` that has at most `maxBytes` of UTF-8 and ends with a whole character. */
function utf8Start(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes), 'utf8');
  if (bytes.length <= maxBytes) return text.slice(0, maxBytes).toWellFormed();
  let end = maxBytes;
  // Bytes of the form 10xxxxxx go on with a character.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
