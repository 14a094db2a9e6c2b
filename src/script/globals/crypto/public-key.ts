import { createPublicKey, type KeyObject } from 'node:crypto';
import { Data } from '../../../core/data.ts';
import { expects } from '../declaration.ts';

/** Whether a text is a key or certificate in PEM. */
export function isPem(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]+-----/.test(text);
}

/** The public key of a PEM text, also of a private key. Throws with the library's reason. */
export function publicKeyOf(key: unknown): KeyObject {
  if (!(key instanceof Data) && typeof key !== 'string') throw expects(1, 'a string or a Data object');
  const text = key.toString();
  if (!isPem(text)) throw new TypeError('the key is no PEM');
  try {
    return createPublicKey(text);
  } catch (error) {
    throw new TypeError(`the key cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
