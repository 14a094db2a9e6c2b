import { createHash, createHmac, type Hash as NodeHash, type Hmac as NodeHmac } from 'node:crypto';
import { Data } from '../../../core/data.ts';
import { expects } from '../declaration.ts';

/** The names of the original by those of OpenSSL, where they differ; only these are known (spec api 10). */
const ALGORITHMS: Readonly<Record<string, string>> = Object.freeze({
  __proto__: null,
  md4: 'md4',
  md5: 'md5',
  'md5-sha1': 'md5-sha1',
  blake2b512: 'blake2b512',
  blake2s256: 'blake2s256',
  sha1: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  'sha512-224': 'sha512-224',
  'sha512-256': 'sha512-256',
  'sha3-224': 'sha3-224',
  'sha3-256': 'sha3-256',
  'sha3-384': 'sha3-384',
  'sha3-512': 'sha3-512',
  shake128: 'shake128',
  shake256: 'shake256',
  mdc2: 'mdc2',
  ripemd160: 'ripemd160',
  whirlpool: 'whirlpool',
  sm3: 'sm3',
} as unknown as Record<string, string>);

/** OpenSSL asks for the length of these; the original takes their default. */
const SHAKE_BYTES: Readonly<Record<string, number>> = { shake128: 16, shake256: 32 };

/** The host's name of an algorithm. Throws where there is none. */
export function digestName(algorithm: unknown): string {
  if (typeof algorithm !== 'string') throw expects(1, 'a string');
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw new TypeError(`unknown message digest: ${algorithm}`);
  return name;
}

/** The bytes of what a script hashes. */
export function bytesOf(value: unknown, encoding?: unknown): Buffer {
  if (value instanceof Data) return value.bytes();
  if (typeof value !== 'string') throw expects(1, 'a string or a Data object');
  return new Data(
    value,
    encoding === undefined || encoding === null ? 'utf8' : String(encoding as string),
  ).bytes();
}

/** A digest as Data, or as text where an encoding is given. */
function shown(digest: Buffer, encoding: unknown): Data | string {
  const data = Data.of(digest);
  return encoding === undefined || encoding === null ? data : data.toString(String(encoding as string));
}

/** What `Hash` and `Hmac` have in common: more and more bytes, one digest. */
abstract class Digest {
  readonly #hash: NodeHash | NodeHmac;

  constructor(hash: NodeHash | NodeHmac) {
    this.#hash = hash;
  }

  update(value: unknown, encoding?: unknown): void {
    this.#hash.update(bytesOf(value, encoding));
  }

  /** Once; throws afterwards. */
  digest(encoding?: unknown): Data | string {
    // Asked first: a wrong encoding must not use the digest up.
    shown(Buffer.alloc(0), encoding);
    return shown(this.#hash.digest(), encoding);
  }
}

/** The class `crypto.Hash`. */
export class Hash extends Digest {
  constructor(algorithm: unknown) {
    const name = digestName(algorithm);
    super(
      made(name, () =>
        createHash(name, name in SHAKE_BYTES ? { outputLength: SHAKE_BYTES[name]! } : undefined),
      ),
    );
  }
}

/** The class `crypto.Hmac`. */
export class Hmac extends Digest {
  constructor(algorithm: unknown, key: unknown) {
    const name = digestName(algorithm);
    if (!(key instanceof Data) && typeof key !== 'string') throw expects(2, 'a string or a Data object');
    super(made(name, () => createHmac(name, bytesOf(key))));
  }
}

/** The host may lack an algorithm that the original has. */
function made<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new TypeError(`unknown message digest: ${name}`, { cause: error });
  }
}
