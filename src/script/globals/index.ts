import { console } from './console.ts';
import type { GlobalDeclaration } from './declaration.ts';
import { data, message, messageEnd, messageStart, sessionEnd } from './events.ts';
import { json } from './json.ts';
import { repeat } from './repeat.ts';

/** Every object of the documented API, in the order of the reference (spec api). */
export const globalCatalogue: readonly GlobalDeclaration[] = [
  data,
  message,
  messageStart,
  messageEnd,
  sessionEnd,
  json,
  console,
  repeat,
];
