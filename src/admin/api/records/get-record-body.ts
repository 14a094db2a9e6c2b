import { type Endpoint, type EndpointDescription, problem } from '../../endpoint.ts';
import { askingEndpoint, READING_PROBLEMS, type RecordSource } from './asking.ts';
import { bodyFileName } from './file-name.ts';
import { ID_PARAMETER, NO_SUCH_RECORD } from './record-id-parameter.ts';

const BINARY_TYPE = 'application/octet-stream';

const NOT_TEXT =
  'This body was not recorded as text, so that only its length, type and hash are known: the record has them.';

export const GET_RECORD_BODY: EndpointDescription = {
  method: 'GET',
  path: '/api/records/{id}/body/{part}',
  name: 'getRecordBody',
  summary: 'The recorded body of a request or an answer, as a file.',
  description:
    'Decoded, redacted and cut as the record has it. Always a download, so that no browser runs what is in it.',
  parameters: [
    ID_PARAMETER,
    {
      name: 'part',
      in: 'path',
      description: 'Whose body.',
      isRequired: true,
      schema: { enum: ['request', 'response'] },
    },
  ],
  answers: {
    200: {
      description: 'The body.',
      contentType: BINARY_TYPE,
      headers: { 'Content-Disposition': 'A name that is safe to keep.' },
    },
    ...READING_PROBLEMS,
    404: {
      ...READING_PROBLEMS['404']!,
      description:
        'There is no such record, its body was not recorded as text, or this gateway keeps no store.',
    },
  },
};

/** `GET /api/records/{id}/body/{part}` */
export function getRecordBody(reader: RecordSource | null): Endpoint {
  return askingEndpoint(GET_RECORD_BODY, reader, async (source, { pathValues, signal }) => {
    const { id = '', part } = pathValues;
    if (part !== 'request' && part !== 'response')
      return problem(404, 'A record has two bodies: request and response.');
    const found = await source.ask({ type: 'body', id, part }, signal);
    if (found === null) return problem(404, NO_SUCH_RECORD);
    if (found.bytes === null) return problem(404, NOT_TEXT);
    return {
      status: 200,
      headers: {
        'Content-Type': BINARY_TYPE,
        'X-Content-Type-Options': 'nosniff',
        'Content-Disposition': `attachment; filename="${bodyFileName(part, found.path, found.mimeType)}"`,
      },
      body: Buffer.from(found.bytes),
    };
  });
}
