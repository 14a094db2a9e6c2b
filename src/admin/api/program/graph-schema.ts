import type { Schema } from '../../endpoint.ts';

const NODE: Schema = {
  type: 'object',
  required: ['name', 't'],
  properties: {
    name: { type: 'string' },
    t: {
      enum: ['root', 'filter', 'link', 'fork', 'pipeline'],
      description: '`link` is any filter with targets except fork; `pipeline` is a target.',
    },
    p: { type: 'integer', description: 'Number of the parent; none for roots.' },
    c: { type: 'array', items: { type: 'integer' }, description: 'Numbers of the children, in order.' },
    kind: { enum: ['listen', 'task', 'named'], description: 'Of roots.' },
    file: { type: 'string', description: 'Where it stands in the script; of a running program.' },
    line: { type: 'integer', minimum: 1 },
    column: { type: 'integer', minimum: 1 },
    key: { type: 'string', description: 'What its counts are found by in `/api/program/activity`.' },
  },
};

/** The schema of `Graph` (src/script/graph.ts). */
export const GRAPH: Schema = {
  type: 'object',
  required: ['roots', 'nodes'],
  properties: {
    roots: {
      type: 'array',
      items: { type: 'integer' },
      description:
        'Numbers of what listens and what the clock runs, by name; then the pipelines that nobody links to.',
    },
    nodes: { type: 'array', items: NODE, description: 'Numbered depth first.' },
    isCut: { const: true, description: 'There is more than a chart may hold.' },
  },
};
