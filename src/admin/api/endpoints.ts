import type { Endpoint } from '../endpoint.ts';
import { gatewayEndpoints } from './gateway/gateway-endpoints.ts';
import type { GatewayInfo } from './gateway/gateway-info.ts';
import { programEndpoints } from './program/program-endpoints.ts';
import type { ProgramPorts } from './program/program-ports.ts';

/** What the endpoints of a running gateway are made from. */
export interface EndpointSources {
  readonly info: () => GatewayInfo;
  readonly program: ProgramPorts;
}

/** Everything that the admin port answers when the gateway runs, beside probes and session. */
export function endpoints({ info, program }: EndpointSources): Endpoint[] {
  return [...gatewayEndpoints(info), ...programEndpoints(program)];
}
