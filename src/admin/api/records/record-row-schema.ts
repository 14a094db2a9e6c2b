import { MARKS } from '../../../records/record-marks.ts';
import type { Schema } from '../../endpoint.ts';
import { COUNT, listOf, NUMBER, NUMBER_OR_NULL, objectOf, TEXT, TEXT_OR_NULL } from '../schemas.ts';

/** Of a record as a line of a list: RecordRow. */
export const RECORD_ROW_SCHEMA: Schema = objectOf(
  {
    row: { ...COUNT, description: 'Its place in the store: the cursor of lists and streams.' },
    id: TEXT,
    run: TEXT,
    thread: COUNT,
    sequence: { ...COUNT, description: '0 for records that stand for others.' },
    timestampMs: NUMBER,
    kind: { ...TEXT, description: 'exchange, refusal, tunnel, broken, gap or summary.' },
    method: TEXT_OR_NULL,
    host: TEXT_OR_NULL,
    path: TEXT_OR_NULL,
    status: NUMBER_OR_NULL,
    durationNs: NUMBER_OR_NULL,
    mimeType: { ...TEXT_OR_NULL, description: 'Of the answer, sniffed from its content.' },
    outcome: TEXT_OR_NULL,
    errorType: TEXT_OR_NULL,
    client: TEXT_OR_NULL,
    trace: TEXT_OR_NULL,
    connection: NUMBER_OR_NULL,
    sourceBytes: { ...NUMBER, description: 'Of the request, head and framing included.' },
    destinationBytes: { ...NUMBER, description: 'Of the answer, head and framing included.' },
    marks: {
      ...listOf(TEXT),
      description: Object.entries(MARKS)
        .map(([name, meaning]) => `${name}: ${meaning}.`)
        .join(' '),
    },
  },
  {
    isCut: { const: true, description: 'A text was too long for a row: the document has all of it.' },
    gap: {
      ...objectOf({ count: NUMBER, from: NUMBER, to: NUMBER, reason: TEXT }),
      description: 'Of a gap: what is missing, and why.',
    },
    summary: {
      ...objectOf({ count: NUMBER, rule: TEXT }),
      description: 'Of a summary: how many exchanges a capture rule left without records.',
    },
  },
);

/** Of a record's whole document. */
export const DOCUMENT_SCHEMA: Schema = {
  type: 'object',
  description: 'The document (ECS). What a script has recorded itself may be any JSON.',
};

/** Of a record in the form that `view` asks for. */
export const RECORD_SCHEMA: Schema = { anyOf: [DOCUMENT_SCHEMA, RECORD_ROW_SCHEMA] };

/** Of an event that stands for records that are not sent. */
export const UNSENT_SCHEMA: Schema = objectOf({ count: COUNT, fromRow: COUNT, toRow: COUNT });
