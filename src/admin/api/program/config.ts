import { type Endpoint, type EndpointDescription, json, PROBLEM } from '../../endpoint.ts';
import { GRAPH } from './graph-schema.ts';
import { type ProgramPorts, starting } from './program-ports.ts';

const CONFIG: EndpointDescription = {
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
    '503': { description: 'The gateway starts.', contentType: 'application/json', schema: PROBLEM },
  },
};

export function config({ gateway }: ProgramPorts): Endpoint {
  return {
    description: CONFIG,
    answer: async () => {
      const running = gateway();
      return running === null ? starting() : json(200, await running.graphs());
    },
  };
}
