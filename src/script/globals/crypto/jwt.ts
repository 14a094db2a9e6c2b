import { createHmac, type KeyObject, timingSafeEqual, verify as verifySignature } from 'node:crypto';
import { Data } from '../../../core/data.ts';
import { expects } from '../declaration.ts';
import { JWK } from './jwk.ts';
import { isPem, publicKeyOf } from './public-key.ts';

/** What the algorithms of RFC 7518 section 3.1 are made of. */
const ALGORITHMS: Readonly<Record<string, { family: 'HS' | 'RS' | 'ES'; digest: string; curve?: string }>> = {
  HS256: { family: 'HS', digest: 'sha256' },
  HS384: { family: 'HS', digest: 'sha384' },
  HS512: { family: 'HS', digest: 'sha512' },
  RS256: { family: 'RS', digest: 'sha256' },
  RS384: { family: 'RS', digest: 'sha384' },
  RS512: { family: 'RS', digest: 'sha512' },
  ES256: { family: 'ES', digest: 'sha256', curve: 'prime256v1' },
  ES384: { family: 'ES', digest: 'sha384', curve: 'secp384r1' },
  ES512: { family: 'ES', digest: 'sha512', curve: 'secp521r1' },
};

/**
 * The class `crypto.JWT` (RFC 7519): only the signature is checked; `exp`, `nbf` and `aud` are the script's business.
 * @param isCompat a PEM text verifies HS tokens as a mere secret, as in the original: whoever knows a public key can sign then
 */
export function jwtClass(isCompat: boolean): unknown {
  return class JWT {
    readonly header: unknown;
    readonly payload: unknown;
    readonly #algorithm: string | null;
    readonly #signed: Buffer;
    readonly #signature: Buffer;

    constructor(token: unknown) {
      if (typeof token !== 'string') throw expects(1, 'a string');
      const parts = token.split('.');
      const [header = '', payload = '', signature = ''] = parts;
      this.header = readPart(header);
      this.payload = readPart(payload);
      const algorithm = isObject(this.header) ? this.header['alg'] : undefined;
      const isKnown = typeof algorithm === 'string' && Object.hasOwn(ALGORITHMS, algorithm);
      const isWhole = parts.length === 3 && isObject(this.payload) && isBase64Url(signature);
      this.#algorithm = isKnown && isWhole ? algorithm : null;
      this.#signed = Buffer.from(`${header}.${payload}`);
      this.#signature = Buffer.from(signature, 'base64url');
    }

    get isValid(): boolean {
      return this.#algorithm !== null;
    }

    verify(key: unknown, options?: unknown): boolean {
      const allowed = readAlgorithms(options);
      if (!(key instanceof Data) && typeof key !== 'string' && !(key instanceof JWK))
        throw expects(1, 'a string, a Data or a JWK object');
      if (this.#algorithm === null || allowed?.includes(this.#algorithm) === false) return false;
      const { family, digest, curve } = ALGORITHMS[this.#algorithm]!;
      if (family === 'HS') {
        if (key instanceof JWK) return false;
        const secret = key instanceof Data ? key.bytes() : Buffer.from(key);
        if (isPem(secret.toString('latin1')) && !isCompat) return false;
        const expected = createHmac(digest, secret).update(this.#signed).digest();
        return expected.length === this.#signature.length && timingSafeEqual(expected, this.#signature);
      }
      const publicKey = key instanceof JWK ? JWK.keyOf(key) : publicKeyOf(key);
      if (publicKey === null || !fits(publicKey, family, curve)) return false;
      const dsaEncoding = family === 'ES' ? 'ieee-p1363' : 'der';
      return verifySignature(digest, this.#signed, { key: publicKey, dsaEncoding }, this.#signature);
    }
  };
}

function fits(key: KeyObject, family: 'RS' | 'ES', curve: string | undefined): boolean {
  if (family === 'RS') return key.asymmetricKeyType === 'rsa';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve;
}

/** A part's JSON; undefined where it cannot be read. */
function readPart(part: string): unknown {
  if (!isBase64Url(part)) return undefined;
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isBase64Url(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readAlgorithms(options: unknown): readonly unknown[] | null {
  if (options === undefined || options === null) return null;
  if (typeof options !== 'object') throw expects(2, 'an object');
  const { algorithms = null } = options as { algorithms?: unknown };
  if (algorithms !== null && !Array.isArray(algorithms))
    throw new TypeError('option algorithms expects an array');
  return algorithms as readonly unknown[] | null;
}
