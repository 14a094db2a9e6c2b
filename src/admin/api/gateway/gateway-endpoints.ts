import { type Endpoint, type EndpointDescription, json, JSON_TYPE } from '../../endpoint.ts';
import type { GatewayInfo } from './gateway-info.ts';

const TEXT_OR_NULL = { type: ['string', 'null'] };

const INFO: EndpointDescription = {
  method: 'GET',
  path: '/api/info',
  name: 'info',
  summary: 'What this gateway is',
  answers: {
    200: {
      description: 'Its version, where it listens, what it fronts.',
      contentType: JSON_TYPE,
      schema: {
        type: 'object',
        required: ['version', 'startedMs', 'upstream', 'listening', 'hasStore', 'traceUrl'],
        properties: {
          version: { type: 'string' },
          startedMs: { type: 'number', description: 'Changes with each start of the process.' },
          upstream: { ...TEXT_OR_NULL, description: 'Null where a script decides.' },
          listening: { type: 'array', items: { type: 'string' } },
          hasStore: { type: 'boolean', description: 'Whether there are records to show.' },
          traceUrl: {
            ...TEXT_OR_NULL,
            description: 'Address of a trace, `{trace}` to be replaced (`--trace-url`).',
          },
        },
      },
    },
  },
};

/** Their descriptions. */
export const GATEWAY_DESCRIPTIONS = [INFO];

/** What the gateway says of itself once. */
export function gatewayEndpoints(info: () => GatewayInfo): Endpoint[] {
  return [{ description: INFO, answer: () => json(200, info()) }];
}
