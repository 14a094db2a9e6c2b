import { type Endpoint, type EndpointDescription, PROBLEM } from '../../endpoint.ts';
import { type ProgramPorts, switching } from './program-ports.ts';

export const STOP_PROGRAM: EndpointDescription = {
  method: 'DELETE',
  path: '/api/program',
  name: 'stopProgram',
  summary: 'Stops what runs.',
  description:
    'Its ports are closed and its tasks end; connections end when they are through with what they are at. Where nothing runs, nothing happens.',
  answers: {
    '204': { description: 'Nothing runs.' },
    '409': {
      description: 'A program is being started or stopped.',
      contentType: 'application/json',
      schema: PROBLEM,
    },
  },
};

export function stopProgram({ gateway, log }: ProgramPorts): Endpoint {
  return {
    description: STOP_PROGRAM,
    async answer() {
      if (gateway.isSwitching) return switching();
      const entry = gateway.program()?.source.entry;
      if (entry !== undefined) {
        await gateway.stopProgram();
        log.write('info', `[gui] stopped ${entry}: its ports are closed`);
      }
      return { status: 204, body: '' };
    },
  };
}
