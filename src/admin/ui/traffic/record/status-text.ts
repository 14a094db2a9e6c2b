import { reasonPhrase } from '../../../../codecs/http1/reason-phrases.ts';

/** `404 Not Found`; the number alone where nobody has named it. */
export function statusText(status: number): string {
  const phrase = reasonPhrase(status);
  return phrase === 'OK' && status !== 200 ? String(status) : `${status} ${phrase}`;
}
