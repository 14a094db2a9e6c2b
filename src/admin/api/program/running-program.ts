import { type Endpoint, type EndpointDescription, text } from '../../endpoint.ts';
import type { ProgramPorts } from './program-ports.ts';

export const RUNNING_PROGRAM: EndpointDescription = {
  method: 'GET',
  path: '/api/program',
  name: 'runningProgram',
  summary: 'Which script runs.',
  answers: {
    '200': {
      description: 'Its path, such as `/main.js`; empty where nothing runs.',
      contentType: 'text/plain',
      headers: {
        'x-program-source':
          '`built-in` for the program of the package, `file` for a script of the folder, `none` where nothing runs.',
        'x-program-generation':
          'How many programs were started or stopped before; counts begin anew with each.',
      },
    },
  },
};

export function runningProgram({ gateway }: ProgramPorts): Endpoint {
  return {
    description: RUNNING_PROGRAM,
    answer() {
      const running = gateway.program();
      if (running === null) return text(200, '', { 'x-program-source': 'none' });
      return text(200, running.source.entry, {
        'x-program-source': running.source.isBuiltIn ? 'built-in' : 'file',
        'x-program-generation': `${running.generation}`,
      });
    },
  };
}
