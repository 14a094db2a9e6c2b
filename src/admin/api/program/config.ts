import { type Endpoint, type EndpointDescription, json } from '../../endpoint.ts';
import { GRAPH } from './graph-schema.ts';
import type { ProgramPorts } from './program-ports.ts';

export const CONFIG: EndpointDescription = {
  method: 'GET',
  path: '/api/config',
  name: 'config',
  summary: 'The charts of what runs.',
  answers: {
    '200': {
      description: 'A chart for each file of the program; none where nothing runs.',
      contentType: 'application/json',
      schema: { type: 'object', additionalProperties: GRAPH },
    },
  },
};

export function config({ gateway }: ProgramPorts): Endpoint {
  return {
    description: CONFIG,
    answer: async () => json(200, await gateway.graphs()),
  };
}
