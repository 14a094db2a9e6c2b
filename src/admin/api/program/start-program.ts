import { faultOf } from '../../../gateway/program-fault.ts';
import { type Endpoint, type EndpointDescription, json, problem, PROBLEM } from '../../endpoint.ts';
import { type ProgramPorts, switching } from './program-ports.ts';

export const START_PROGRAM: EndpointDescription = {
  method: 'POST',
  path: '/api/program',
  name: 'startProgram',
  summary: 'Starts a script of the folder in the place of what runs.',
  description:
    'It is loaded as it is saved. Where that or one of its ports fails, what ran before runs on. No connection is cut: open ones stay with the program that they began with.',
  body: {
    contentType: 'text/plain',
    description: 'The path of the script, with or without a leading slash.',
    maxBytes: 4096,
  },
  answers: {
    '201': {
      description: 'It runs.',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['path', 'listens'],
        properties: {
          path: { type: 'string' },
          listens: { type: 'array', items: { type: 'string' }, description: 'Addresses with ports.' },
        },
      },
    },
    '400': {
      description: 'It cannot be loaded or served.',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: { type: 'string' },
          file: {
            type: 'string',
            description: 'Left out where it is no fault of a script, as the next two.',
          },
          line: { type: 'integer', minimum: 1 },
          column: { type: 'integer', minimum: 1 },
        },
      },
    },
    '409': {
      description: 'A program is being started or stopped.',
      contentType: 'application/json',
      schema: PROBLEM,
    },
  },
};

export function startProgram({ gateway, folder, log }: ProgramPorts): Endpoint {
  return {
    description: START_PROGRAM,
    async answer({ body }) {
      if (gateway.isSwitching) return switching();
      const wanted = body.toString('utf8').trim();
      const source = await folder.sourceOf(wanted);
      if (source === null) return problem(400, `There is no script ${JSON.stringify(wanted)} in the folder.`);
      try {
        const addresses = await gateway.startProgram(source);
        const listens = addresses.map(({ address, port }) =>
          address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
        );
        log.write('info', `[gui] started ${source.entry}; listening on ${listens.join(', ') || 'no port'}`);
        return json(201, { path: source.entry, listens });
      } catch (error) {
        const { text, message, place } = faultOf(error);
        for (const line of `failed starting ${source.entry}: ${text}`.split('\n'))
          log.write('error', `[gui] ${line}`);
        return problem(400, message, place === null ? {} : { ...place });
      }
    },
  };
}
