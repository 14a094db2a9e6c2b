import { createVerify, type Verify as NodeVerify } from 'node:crypto';
import { expects } from '../declaration.ts';
import { bytesOf, digestName } from './hash.ts';
import { publicKeyOf } from './public-key.ts';

/** The class `crypto.Verify`: signatures of RSA PKCS#1 v1.5 and EC. */
export class Verify {
  readonly #verify: NodeVerify;

  constructor(algorithm: unknown) {
    const name = digestName(algorithm);
    try {
      this.#verify = createVerify(name);
    } catch (error) {
      throw new TypeError(`unknown message digest: ${name}`, { cause: error });
    }
  }

  update(value: unknown, encoding?: unknown): void {
    this.#verify.update(bytesOf(value, encoding));
  }

  verify(key: unknown, signature: unknown, encoding?: unknown): boolean {
    const publicKey = publicKeyOf(key);
    let bytes: Buffer;
    try {
      bytes = bytesOf(signature, encoding);
    } catch (error) {
      if ((error as Error).message.startsWith('argument')) throw expects(2, 'a string or a Data object');
      throw error;
    }
    return this.#verify.verify(publicKey, bytes);
  }
}
