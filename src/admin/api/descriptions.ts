import type { EndpointDescription } from '../endpoint.ts';
import { GATEWAY_DESCRIPTIONS } from './gateway/gateway-endpoints.ts';
import { HEALTH_DESCRIPTIONS } from './health/health-endpoints.ts';
import { PROBE_DESCRIPTIONS } from './probes/probe-endpoints.ts';
import { recordEndpoints } from './records/record-endpoints.ts';
import { PROGRAM_DESCRIPTIONS } from './program/program-endpoints.ts';
import { SESSION_DESCRIPTIONS } from './session/session-endpoints.ts';

/** A part of the API as the reference shows it. */
export interface EndpointGroup {
  readonly title: string;
  readonly meaning: string;
  readonly endpoints: readonly EndpointDescription[];
}

/** Everything that the admin port answers, in the order of the reference. */
export const ENDPOINT_GROUPS: readonly EndpointGroup[] = [
  {
    title: 'Records',
    meaning: 'What the store has: lists, single records, a stream of what comes.',
    endpoints: recordEndpoints(null).map(({ description }) => description),
  },
  {
    title: 'Health',
    meaning: 'How the gateway is, and was in the last hour.',
    endpoints: HEALTH_DESCRIPTIONS,
  },
  { title: 'Gateway', meaning: 'What this gateway is.', endpoints: GATEWAY_DESCRIPTIONS },
  {
    title: 'Program',
    meaning: 'Seeing, editing and running what the gateway does with the traffic.',
    endpoints: PROGRAM_DESCRIPTIONS,
  },
  { title: 'Probes', meaning: 'For machines; never with a token.', endpoints: PROBE_DESCRIPTIONS },
  { title: 'Session', meaning: 'The way in where a token is asked for.', endpoints: SESSION_DESCRIPTIONS },
];
