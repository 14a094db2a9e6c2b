import type { Endpoint } from '../endpoint.ts';
import { gatewayEndpoints } from './gateway/gateway-endpoints.ts';
import type { GatewayInfo } from './gateway/gateway-info.ts';

/** What the endpoints of a running gateway are made from. */
export interface EndpointSources {
  readonly info: () => GatewayInfo;
}

/** Everything that the admin port answers when the gateway runs, beside probes and session. */
export function endpoints({ info }: EndpointSources): Endpoint[] {
  return [...gatewayEndpoints(info)];
}
