import { type Endpoint, type EndpointDescription, PROBLEM } from '../../endpoint.ts';
import { conflict, CONFLICT, FILE_PATH, IF_MATCH, missing, MISSING } from './file-answers.ts';
import type { ProgramPorts } from './program-ports.ts';
import { diskFault } from './write-file.ts';

export const REMOVE_FILE: EndpointDescription = {
  method: 'DELETE',
  path: '/api/files/{path...}',
  name: 'removeFile',
  summary: "Removes a file of the program's folder.",
  description:
    'What runs goes on. What was written in the place of the built-in program gives that back. Of a link the link is removed.',
  parameters: [FILE_PATH, IF_MATCH],
  answers: {
    '204': { description: 'It is gone.' },
    '404': MISSING,
    '409': CONFLICT,
    '500': {
      description: 'The disk does not let it go.',
      contentType: 'application/json',
      schema: PROBLEM,
    },
  },
};

export function removeFile({ folder, log }: ProgramPorts): Endpoint {
  return {
    description: REMOVE_FILE,
    async answer({ pathValues, headers }) {
      const path = pathValues['path']!;
      let result: Awaited<ReturnType<typeof folder.remove>>;
      try {
        result = await folder.remove(path, { ifMatch: headers['if-match'] ?? null });
      } catch (error) {
        return diskFault(error);
      }
      if (result === 'missing') return missing();
      if (result !== 'removed') return conflict(path, result.current);
      log.write('info', `[gui] removed /${path}`);
      return { status: 204, body: '' };
    },
  };
}
