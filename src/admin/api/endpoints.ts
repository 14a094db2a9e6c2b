import type { Endpoint } from '../endpoint.ts';
import { gatewayEndpoints } from './gateway/gateway-endpoints.ts';
import type { GatewayInfo } from './gateway/gateway-info.ts';
import { healthEndpoints, type HealthSources } from './health/health-endpoints.ts';

/** What the endpoints of a running gateway are made from. */
export interface EndpointSources {
  readonly info: () => GatewayInfo;
  readonly health: HealthSources;
}

/** Everything that the admin port answers when the gateway runs, beside probes and session. */
export function endpoints({ info, health }: EndpointSources): Endpoint[] {
  return [...gatewayEndpoints(info), ...healthEndpoints(health)];
}
