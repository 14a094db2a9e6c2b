import { LOOSE_HTTP1_LIMITS } from './limits.ts';
import type { ParserOptions } from './message-parser.ts';

const OURS: ParserOptions = { isLenient: true };
const ORIGINAL: ParserOptions = { isLenient: true, isLoose: true, limits: LOOSE_HTTP1_LIMITS };

/** How the decoders read, which write anew what they send on. */
export function decodingOptions(isCompat: boolean): ParserOptions {
  return isCompat ? ORIGINAL : OURS;
}
