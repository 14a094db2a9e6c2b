import { type Endpoint, type EndpointDescription, text } from '../../endpoint.ts';
import type { ProgramPorts } from './program-ports.ts';

export const LOG: EndpointDescription = {
  method: 'GET',
  path: '/api/log',
  name: 'readLog',
  summary: 'The end of the log.',
  description:
    'What `dump` and `print` write is in it. Lines have no terminal escapes, and are cut at 999 bytes.',
  parameters: [
    {
      name: 'x-log-size',
      in: 'header',
      description:
        'How many lines the client has already; 0 without it. More than there are: those of a gateway that ran before, and the log begins anew.',
      schema: { type: 'integer', minimum: 0 },
    },
  ],
  answers: {
    '200': {
      description: 'The lines after these, the last 1,000 at most, each ended by a line break.',
      contentType: 'text/plain',
      headers: { 'x-log-size': 'How many lines there were so far.' },
    },
  },
};

export function readLog({ history }: ProgramPorts): Endpoint {
  return {
    description: LOG,
    answer({ headers }) {
      const known = String(headers['x-log-size'] ?? '');
      const size = /^\d{1,15}$/.test(known) ? Number(known) : 0;
      return text(200, history.after(size), { 'x-log-size': `${history.size}` });
    },
  };
}
