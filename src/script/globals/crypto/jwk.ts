import { createPublicKey, type KeyObject } from 'node:crypto';

const CURVES = new Set(['P-256', 'P-384', 'P-521', 'secp256k1']);

/** The class `crypto.JWK`: a public key of RFC 7517, RSA or EC. */
export class JWK {
  /** Null where the numbers make no key. */
  readonly #key: KeyObject | null;

  constructor(json: unknown) {
    if (typeof json !== 'object' || json === null)
      throw new TypeError('argument #1 expects a non-null object');
    const given = json as Record<string, unknown>;
    const text = (name: string): string => {
      const value = given[name];
      if (value === undefined || value === null) throw new TypeError(`missing "${name}"`);
      if (typeof value !== 'string') throw new TypeError(`invalid "${name}"`);
      return value;
    };
    const number = (name: string): string => {
      const value = text(name);
      if (!/^[A-Za-z0-9_-]+={0,2}$/.test(value)) throw new TypeError(`invalid "${name}"`);
      return value.replace(/=+$/, '');
    };
    const kty = text('kty');
    if (kty === 'RSA') this.#key = keyOf({ kty, n: number('n'), e: number('e') });
    else if (kty === 'EC') {
      const crv = text('crv');
      if (!CURVES.has(crv)) throw new TypeError(`unknown "crv": ${crv}`);
      this.#key = keyOf({ kty, crv, x: number('x'), y: number('y') });
    } else throw new TypeError(`unknown "kty": ${kty}`);
  }

  get isValid(): boolean {
    return this.#key !== null;
  }

  /** Not for scripts. */
  static keyOf(jwk: JWK): KeyObject | null {
    return jwk.#key;
  }
}

function keyOf(key: Record<string, string>): KeyObject | null {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return null;
  }
}
