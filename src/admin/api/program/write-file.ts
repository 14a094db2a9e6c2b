import { MAX_FILE_BYTES } from '../../contained-folder.ts';
import {
  type AdminAnswer,
  type Endpoint,
  type EndpointDescription,
  json,
  problem,
  PROBLEM,
} from '../../endpoint.ts';
import type { WriteResult } from '../../program-folder.ts';
import { conflict, CONFLICT, FILE_PATH, IF_MATCH } from './file-answers.ts';
import type { ProgramPorts } from './program-ports.ts';

export const WRITE_FILE: EndpointDescription = {
  method: 'POST',
  path: '/api/files/{path...}',
  name: 'writeFile',
  summary: "Writes a file of the program's folder.",
  description:
    'The file is replaced at once, or made, with the folders that it needs. Nothing that runs changes: start or restart the program for that.',
  parameters: [
    FILE_PATH,
    IF_MATCH,
    {
      name: 'If-None-Match',
      in: 'header',
      description: '`*` to make a file and never replace one.',
      schema: { type: 'string', enum: ['*'] },
    },
  ],
  body: { contentType: 'text/plain', description: 'Its bytes.', maxBytes: MAX_FILE_BYTES },
  answers: {
    '201': {
      description: 'It is written.',
      contentType: 'application/json',
      schema: { type: 'object', required: ['etag'], properties: { etag: { type: 'string' } } },
      headers: { ETag: 'The entity tag of what was written.' },
    },
    '400': {
      description: 'The path names a folder, or what is no name of a file.',
      contentType: 'application/json',
      schema: PROBLEM,
    },
    '409': CONFLICT,
    '413': { description: 'More than 2 MiB.', contentType: 'application/json', schema: PROBLEM },
    '500': {
      description: 'The disk does not take it.',
      contentType: 'application/json',
      schema: PROBLEM,
    },
  },
};

const REFUSALS: Readonly<Record<(WriteResult & { status: 'refused' })['fault'], [number, string]>> = {
  exists: [409, 'There is a file of this name.'],
  'is-folder': [400, 'That is a folder, or something else that is no file.'],
  outside: [400, "That lies outside of the program's folder, by a link, or is hidden."],
  'not-a-folder': [400, 'A part of the path is a file where a folder is needed.'],
  'no-name': [
    400,
    'That is no name of a file here: names do not begin with a point, have 255 bytes at most, no control characters, and are NFC; folders are 32 deep at most.',
  ],
  'too-large': [413, 'A file has 2 MiB at most.'],
};

export function writeFile({ folder, log }: ProgramPorts): Endpoint {
  return {
    description: WRITE_FILE,
    async answer({ pathValues, headers, body }) {
      const path = pathValues['path']!;
      const condition = {
        ifMatch: headers['if-match'] ?? null,
        isNew: headers['if-none-match']?.trim() === '*',
      };
      let result: WriteResult;
      try {
        result = await folder.write(path, body, condition);
      } catch (error) {
        return diskFault(error);
      }
      if (result.status === 'conflict') return conflict(path, result.current);
      if (result.status === 'refused') return problem(...REFUSALS[result.fault]);
      log.write('info', `[gui] saved /${path}, ${body.length} bytes`);
      return json(201, { etag: result.etag }, { ETag: result.etag });
    },
  };
}

/** What a disk says, without the place of the folder. */
export function diskFault(error: unknown): AdminAnswer {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return problem(
    500,
    `The file cannot be written: ${code}. Look at the permissions and the space of the folder.`,
  );
}
