import { readScript } from '../../../script/read-script.ts';
import { ScriptError } from '../../../script/script-error.ts';
import { type Endpoint, type EndpointDescription, json, problem } from '../../endpoint.ts';
import { GRAPH } from './graph-schema.ts';
import type { ProgramPorts } from './program-ports.ts';

/** Reading a script takes some milliseconds for each 100 KiB, and no longer one is written by hand. */
const MAX_SCRIPT_BYTES = 256 * 1024;

const PLACE = {
  line: { type: 'integer', minimum: 1 },
  column: { type: 'integer', minimum: 1 },
};

export const DRAW_GRAPH: EndpointDescription = {
  method: 'POST',
  path: '/api/graph',
  name: 'drawGraph',
  summary: 'The chart of a script, and what is wrong with it, without running it.',
  body: {
    contentType: 'text/plain',
    description: 'The text of the script.',
    maxBytes: MAX_SCRIPT_BYTES,
  },
  answers: {
    '200': {
      description: 'The chart; empty lists for a text that is no configuration.',
      contentType: 'application/json',
      schema: {
        ...GRAPH,
        required: ['roots', 'nodes', 'problems'],
        properties: {
          ...(GRAPH['properties'] as object),
          problems: {
            type: 'array',
            description: 'What loading the script would complain of, as far as its text tells.',
            items: {
              type: 'object',
              required: ['message', 'line', 'column', 'severity'],
              properties: {
                message: { type: 'string' },
                ...PLACE,
                severity: { enum: ['error', 'warning'], description: 'An error keeps it from running.' },
              },
            },
          },
        },
      },
    },
    '400': {
      description: 'It is no JavaScript.',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['error', 'line', 'column'],
        properties: { error: { type: 'string' }, ...PLACE },
      },
    },
  },
};

export function drawGraph({ language }: ProgramPorts): Endpoint {
  return {
    description: DRAW_GRAPH,
    answer({ body }) {
      try {
        const { graph, problems } = readScript(body.toString('utf8'), language());
        return json(200, { ...graph, problems });
      } catch (error) {
        if (error instanceof ScriptError)
          return problem(400, error.message, { line: error.line, column: error.column });
        // Nested too deep to be read.
        if (error instanceof RangeError)
          return problem(400, 'the script is nested too deep', { line: 1, column: 1 });
        throw error;
      }
    },
  };
}
