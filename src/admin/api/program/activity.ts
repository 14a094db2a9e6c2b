import { type Endpoint, type EndpointDescription, json } from '../../endpoint.ts';
import { COUNT } from '../schemas.ts';
import type { ProgramPorts } from './program-ports.ts';

const LAST_ERROR = {
  type: ['object', 'null'],
  required: ['message', 'atMs', 'place'],
  properties: {
    message: { type: 'string', description: '300 characters at most.' },
    atMs: { type: 'number', description: 'Since 1970.' },
    place: {
      type: ['object', 'null'],
      required: ['file', 'line', 'column'],
      properties: {
        file: { type: 'string' },
        line: { type: 'integer', minimum: 1 },
        column: { type: 'integer', minimum: 1 },
      },
    },
  },
};

const FILTER = {
  type: 'object',
  required: ['key', 'name', 'events', 'errors', 'lastError'],
  properties: {
    key: { type: 'string', description: 'As in `/api/config`.' },
    name: { type: 'string' },
    events: { ...COUNT, description: 'What it received.' },
    errors: COUNT,
    lastError: LAST_ERROR,
  },
};

const PIPELINE = {
  type: 'object',
  required: ['key', 'file', 'name', 'made', 'active', 'filters'],
  properties: {
    key: { type: 'string', description: 'As in `/api/config`.' },
    file: { type: 'string' },
    name: { type: 'string' },
    made: { ...COUNT, description: 'Sessions since the program was started.' },
    active: { ...COUNT, description: 'Sessions now.' },
    filters: { type: 'array', items: FILTER },
  },
};

export const ACTIVITY: EndpointDescription = {
  method: 'GET',
  path: '/api/program/activity',
  name: 'programActivity',
  summary: 'What came to each pipeline and filter of what runs.',
  description:
    'Counts since the program was started, over all data threads: rates are the differences of two answers.',
  answers: {
    '200': {
      description: 'The counts.',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['generation', 'atMs', 'silentThreads', 'connections', 'pipelines', 'stale'],
        properties: {
          generation: {
            ...COUNT,
            description: 'Another one than before: another program was started, and counts begin anew.',
          },
          atMs: { type: 'number', description: 'When they were taken, since 1970.' },
          silentThreads: {
            type: 'array',
            items: { type: 'string' },
            description: 'Data threads that did not answer in time: what they have counted is missing.',
          },
          connections: { ...COUNT, description: 'Those of replaced programs among them.' },
          pipelines: { type: 'array', items: PIPELINE },
          stale: {
            type: 'object',
            required: ['programs', 'sessions'],
            properties: {
              programs: { ...COUNT, description: 'Replaced programs that are still in memory.' },
              sessions: { ...COUNT, description: 'Sessions that they still have.' },
            },
          },
        },
      },
    },
  },
};

export function programActivity({ gateway }: ProgramPorts): Endpoint {
  return {
    description: ACTIVITY,
    answer: async () => json(200, await gateway.activity()),
  };
}
