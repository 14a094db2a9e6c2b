import { createHash } from 'node:crypto';
import { describeLanguage } from '../../../script/describe-language.ts';
import { type AdminAnswer, type Endpoint, type EndpointDescription, JSON_TYPE } from '../../endpoint.ts';
import type { ProgramPorts } from './program-ports.ts';

const TEXTS = { name: { type: 'string' }, signature: { type: 'string' }, summary: { type: 'string' } };

const METHODS = {
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'signature', 'summary', 'parameters', 'examples', 'origin'],
    properties: {
      ...TEXTS,
      parameters: { type: 'array', items: { type: 'object' } },
      examples: { type: 'array', items: { type: 'string' } },
      origin: { enum: ['spec', 'tapline', null] },
    },
  },
};

export const LANGUAGE: EndpointDescription = {
  method: 'GET',
  path: '/api/language',
  name: 'readLanguage',
  summary: "What scripts are written in, for an editor's completion.",
  parameters: [
    {
      name: 'If-None-Match',
      in: 'header',
      description: 'The entity tag of an earlier answer.',
      schema: { type: 'string' },
    },
  ],
  answers: {
    '200': {
      description: 'Filters, built-in objects and names.',
      contentType: 'application/json',
      schema: {
        type: 'object',
        required: ['beginnings', 'filters', 'objects', 'standard', 'builtIns'],
        properties: {
          beginnings: METHODS,
          filters: METHODS,
          objects: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'kind', 'signature', 'summary', 'members'],
              properties: {
                ...TEXTS,
                kind: { enum: ['object', 'class', 'function'] },
                members: { type: 'array', items: { type: 'object' } },
              },
            },
          },
          standard: { type: 'array', items: { type: 'string' } },
          builtIns: { type: 'array', items: { type: 'object' } },
        },
      },
      headers: { ETag: 'It changes only with the version and the options of the gateway.' },
    },
    '304': { description: 'It is the one that the client has.' },
  },
};

export function readLanguage({ language }: ProgramPorts): Endpoint {
  let made: { readonly body: string; readonly etag: string } | null = null;
  return {
    description: LANGUAGE,
    answer({ headers }): AdminAnswer {
      if (made === null) {
        const body = `${JSON.stringify(describeLanguage(language()))}\n`;
        made = { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
      }
      const { body, etag } = made;
      if (headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag }, body: '' };
      return { status: 200, headers: { 'Content-Type': JSON_TYPE, ETag: etag }, body };
    },
  };
}
