import { signal } from '@preact/signals';
import type { GatewayInfo } from '../../api/gateway/gateway-info.ts';
import { requestJson } from './request.ts';

/** What the gateway is; null until it has told. */
export const info = signal<GatewayInfo | null>(null);

/** Asks for it; call it at the start and when the gateway is found again. */
export async function loadInfo(): Promise<void> {
  info.value = await requestJson<GatewayInfo>('/api/info');
}
