import type { GlobalDeclaration } from '../declaration.ts';
import { Hash, Hmac } from './hash.ts';
import { JWK } from './jwk.ts';
import { jwtClass } from './jwt.ts';
import { Verify } from './verify.ts';

/** Digests, signatures and tokens (spec api 10). */
export const crypto: GlobalDeclaration = {
  name: 'crypto',
  summary: 'Digests, signatures and JSON web tokens.',
  types: `declare namespace crypto {
  type DigestName = 'md4' | 'md5' | 'md5-sha1' | 'blake2b512' | 'blake2s256' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
    | 'sha512-224' | 'sha512-256' | 'sha3-224' | 'sha3-256' | 'sha3-384' | 'sha3-512' | 'shake128' | 'shake256' | 'mdc2' | 'ripemd160'
    | 'whirlpool' | 'sm3';
  class Hash {
    constructor(algorithm: DigestName);
    update(data: Data | string, encoding?: Encoding): void;
    /** Once. */
    digest(): Data;
    digest(encoding: Encoding): string;
  }
  class Hmac {
    constructor(algorithm: DigestName, key: Data | string);
    update(data: Data | string, encoding?: Encoding): void;
    /** Once. */
    digest(): Data;
    digest(encoding: Encoding): string;
  }
  /** Signatures of RSA PKCS#1 v1.5 or EC. */
  class Verify {
    constructor(algorithm: DigestName);
    update(data: Data | string, encoding?: Encoding): void;
    /** \`key\` is a public or private key in PEM. */
    verify(key: Data | string, signature: Data | string, encoding?: Encoding): boolean;
  }
  /** A public key of a JSON web key set: RSA or EC. */
  class JWK {
    constructor(json: object);
    readonly isValid: boolean;
  }
  /** A JSON web token. Only the signature is checked: \`exp\`, \`nbf\` and \`aud\` are the script's business. */
  class JWT {
    constructor(token: string);
    /** Three parts that can be read, and a known algorithm. */
    readonly isValid: boolean;
    readonly header: any;
    readonly payload: any;
    /** \`key\` is a secret for HS, a PEM text or a JWK for RS and ES; \`algorithms\` says which are let through. */
    verify(key: Data | string | JWK, options?: { algorithms?: string[] }): boolean;
  }
}`,
  examples: [
    {
      code: `(h => (h.update('abc'), h.digest('hex')))(new crypto.Hash('sha1'))`,
      gives: '"a9993e364706816aba3e25717850c26c9cd0d89d"',
    },
    {
      code: `(h => (h.update('data'), h.digest('base64url').length))(new crypto.Hmac('sha256', 'key'))`,
      gives: '43',
    },
    {
      code: `new crypto.JWT('eyJhbGciOiJub25lIn0.e30.').isValid`,
      gives: 'false',
    },
  ],
  create: ({ isCompat }) => Object.freeze({ Hash, Hmac, Verify, JWK, JWT: jwtClass(isCompat) }),
};
