import { type Endpoint, type EndpointDescription, PROBLEM } from '../../endpoint.ts';
import { type ProgramPorts, starting, switching } from './program-ports.ts';

const STOP_PROGRAM: EndpointDescription = {
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
    '503': { description: 'The gateway starts.', contentType: 'application/json', schema: PROBLEM },
  },
};

export function stopProgram({ gateway, log }: ProgramPorts): Endpoint {
  return {
    description: STOP_PROGRAM,
    async answer() {
      const running = gateway();
      if (running === null) return starting();
      if (running.isSwitching) return switching();
      const entry = running.program()?.source.entry;
      if (entry !== undefined) {
        await running.stopProgram();
        log.write('info', `[gui] stopped ${entry}: its ports are closed`);
      }
      return { status: 204, body: '' };
    },
  };
}
