import { algo } from './algo/index.ts';
import { console } from './console.ts';
import { crypto } from './crypto/index.ts';
import type { GlobalDeclaration } from './declaration.ts';
import { data, message, messageEnd, messageStart, sessionEnd } from './events.ts';
import { hessian } from './hessian.ts';
import { http } from './http.ts';
import { json } from './json.ts';
import { netmask } from './netmask.ts';
import { os } from './os.ts';
import { repeat } from './repeat.ts';
import { session } from './session.ts';
import { url } from './url.ts';
import { xml } from './xml.ts';

/** Every object of the documented API, in the order of the reference (spec api). */
export const globalCatalogue: readonly GlobalDeclaration[] = [
  data,
  message,
  messageStart,
  messageEnd,
  sessionEnd,
  session,
  json,
  xml,
  hessian,
  console,
  os,
  url,
  netmask,
  http,
  crypto,
  algo,
  repeat,
];
