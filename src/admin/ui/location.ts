import { signal } from '@preact/signals';
import { parseRoute } from './route.ts';

/** The route of now. */
export const route = signal(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

/** Goes to an address that `routeTo` made; `isReplacing` for what nobody wants to come back to, such as each letter of a query. */
export function go(address: string, { isReplacing = false }: { isReplacing?: boolean } = {}): void {
  if (address === location.hash) return;
  if (isReplacing) history.replaceState(null, '', address);
  else location.hash = address;
  // The event comes later: who goes on from here, such as by the next key, must see it now.
  route.value = parseRoute(address);
}
