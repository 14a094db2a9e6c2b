import type { Endpoint } from '../endpoint.ts';
import { gatewayEndpoints } from './gateway/gateway-endpoints.ts';
import type { GatewayInfo } from './gateway/gateway-info.ts';
import { healthEndpoints, type HealthSources } from './health/health-endpoints.ts';
import type { RecordSource } from './records/asking.ts';
import { recordEndpoints } from './records/record-endpoints.ts';
import { programEndpoints } from './program/program-endpoints.ts';
import type { ProgramPorts } from './program/program-ports.ts';

/** What the endpoints of a running gateway are made from. */
export interface EndpointSources {
  readonly info: () => GatewayInfo;
  readonly health: HealthSources;
  /** Null where the gateway keeps no store. */
  readonly records: RecordSource | null;
  readonly program: ProgramPorts;
}

/** Everything that the admin port answers when the gateway runs, beside probes and session. */
export function endpoints({ info, health, records, program }: EndpointSources): Endpoint[] {
  return [
    ...gatewayEndpoints(info),
    ...healthEndpoints(health),
    ...recordEndpoints(records),
    ...programEndpoints(program),
  ];
}
