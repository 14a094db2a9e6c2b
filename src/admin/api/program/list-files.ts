import { type Endpoint, type EndpointDescription, json } from '../../endpoint.ts';
import type { ProgramPorts } from './program-ports.ts';

export const LIST_FILES: EndpointDescription = {
  method: 'GET',
  path: '/api/files',
  name: 'listFiles',
  summary: "The files of the program's folder, as a tree.",
  answers: {
    '200': {
      description: 'One object a folder: names as keys, an empty text for a file, an object for a folder.',
      contentType: 'application/json',
      schema: {
        type: 'object',
        additionalProperties: {
          anyOf: [{ const: '' }, { type: 'object', description: 'The same of a folder.' }],
        },
      },
      headers: {
        'x-left-out': 'How many files and folders are not shown: beyond 10,000, too deep, or with odd names.',
      },
    },
  },
};

export function listFiles({ folder }: ProgramPorts): Endpoint {
  return {
    description: LIST_FILES,
    async answer() {
      const { tree, leftOut } = await folder.tree();
      return json(200, tree, { 'x-left-out': `${leftOut}` });
    },
  };
}
