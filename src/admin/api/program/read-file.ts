import { type Endpoint, type EndpointDescription, problem, PROBLEM, TEXT_TYPE } from '../../endpoint.ts';
import { FILE_PATH, missing, MISSING } from './file-answers.ts';
import type { ProgramPorts } from './program-ports.ts';

export const READ_FILE: EndpointDescription = {
  method: 'GET',
  path: '/api/files/{path...}',
  name: 'readFile',
  summary: "A file of the program's folder.",
  parameters: [
    FILE_PATH,
    {
      name: 'If-None-Match',
      in: 'header',
      description: 'The entity tag of what the client has.',
      schema: { type: 'string' },
    },
  ],
  answers: {
    '200': {
      description: 'Its bytes, as they are.',
      contentType: 'text/plain',
      headers: { ETag: 'A strong entity tag of its content.' },
    },
    '304': { description: 'It is what the client has.' },
    '404': MISSING,
    '413': { description: 'It is larger than 2 MiB.', contentType: 'application/json', schema: PROBLEM },
  },
};

export function readFile({ folder }: ProgramPorts): Endpoint {
  return {
    description: READ_FILE,
    async answer({ pathValues, headers }) {
      const file = await folder.read(pathValues['path']!);
      if (file === null) return missing();
      if (file === 'too-large') return problem(413, 'The file is larger than 2 MiB: it is not shown here.');
      if (headers['if-none-match'] === file.etag)
        return { status: 304, headers: { ETag: file.etag }, body: '' };
      return { status: 200, headers: { 'Content-Type': TEXT_TYPE, ETag: file.etag }, body: file.bytes };
    },
  };
}
