import { formatJson } from '../../../codecs/json/format-json.ts';
import { type Endpoint, type EndpointDescription, JSON_TYPE, problem, TEXT_TYPE } from '../../endpoint.ts';
import { askingEndpoint, READING_PROBLEMS, type RecordSource } from './asking.ts';
import { safeName } from './file-name.ts';
import { DOCUMENT_SCHEMA } from './record-row-schema.ts';
import { ID_PARAMETER, NO_SUCH_RECORD } from './record-id-parameter.ts';

/** Of a longer document the rest follows as it was stored: it is laid out on the thread that delivers. */
const MAX_FORMATTED_LENGTH = 2 * 1024 * 1024;

export const GET_RECORD: EndpointDescription = {
  method: 'GET',
  path: '/api/records/{id}',
  name: 'getRecord',
  summary: 'A record: its whole document.',
  description:
    'As it was stored, but for blanks between its parts. What a script has made that is no JSON comes as plain text.',
  parameters: [
    ID_PARAMETER,
    {
      name: 'download',
      in: 'query',
      description: 'If it is there, a browser keeps the answer as a file.',
      schema: { type: 'string' },
    },
  ],
  answers: {
    200: {
      description: 'The document (ECS).',
      contentType: JSON_TYPE,
      schema: DOCUMENT_SCHEMA,
      headers: { 'Content-Disposition': 'The name of the file, with `download`.' },
    },
    ...READING_PROBLEMS,
  },
};

/** `GET /api/records/{id}` */
export function getRecord(reader: RecordSource | null): Endpoint {
  return askingEndpoint(GET_RECORD, reader, async (source, { pathValues, query, signal }) => {
    const id = pathValues['id'] ?? '';
    const found = await source.ask({ type: 'record', id }, signal);
    if (found === null) return problem(404, NO_SUCH_RECORD);
    const text = Buffer.from(found.bytes).toString('utf8');
    const isRead = isJson(text);
    const name = `record-${safeName(id)}.${isRead ? 'json' : 'txt'}`;
    return {
      status: 200,
      headers: {
        'Content-Type': isRead ? JSON_TYPE : TEXT_TYPE,
        'X-Content-Type-Options': 'nosniff',
        ...(query.has('download') ? { 'Content-Disposition': `attachment; filename="${name}"` } : {}),
      },
      body: isRead ? `${formatJson(text, MAX_FORMATTED_LENGTH)}\n` : text,
    };
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
