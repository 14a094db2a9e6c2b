import { PlainTextTest, type SecretLiterals } from './plain-text.ts';

/** Fields whose values are credentials by their definition. */
const SECRET_HEADERS = [
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'proxy-authentication-info',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  'x-api-key',
  'api-key',
  'x-auth',
  'x-csrf-token',
  'x-xsrf-token',
  'sec-websocket-key',
  'x-forwarded-client-cert',
];

/** Found anywhere in a name without its separators. */
const SECRET_PARTS = [
  'passwd',
  'password',
  'passwort',
  'passphrase',
  'passcode',
  'userpass',
  'pwd',
  'secret',
  'credential',
  'apikey',
  'accesskey',
  'privatekey',
  'secretkey',
  'signingkey',
  'encryptionkey',
  'authkey',
  'authorization',
  'oauth',
  'sessionid',
  'sessionkey',
  'sessid',
  'setcookie',
  'bearer',
  'token',
  'jwt',
  'csrf',
  'xsrf',
  'saml',
  'cardnumber',
  'creditcard',
  'securitycode',
];
/** The same, but only at its end. */
const SECRET_ENDINGS = ['cookie', 'cookies', 'signature'];
const HAS_SECRET_PART = new RegExp(`${SECRET_PARTS.join('|')}|(?:${SECRET_ENDINGS.join('|')})$`);

/** Whole words of a name. */
const SECRET_WORDS = new Set([
  'pass',
  'pin',
  'otp',
  'totp',
  'mfa',
  'cvv',
  'cvc',
  'cvv2',
  'ssn',
  'iban',
  'token',
  'tokens',
  'sig',
  'auth',
  'sid',
  'pan',
  'nonce',
  'session',
  'sess',
  'pw',
]);

/** Names that hold such a word and no secret. */
const HARMLESS =
  /^(tokeni[sz].*|tokens?(type|count|limit|used|usage|left|remaining|expiry|expiresin|expiresat|per[a-z]+)|.*(max|min|prompt|completion|total|input|output|cached|reasoning|num)tokens?(details)?|authority|authors?|nopass|passcount)$/;

/** More letters than these in names of the operator are not worth a table. */
const MOST_LITERALS = 32_768;

/** Which names stand for secrets: by the shape of the name, and by what the operator adds. */
export class SecretNames {
  readonly #headers: ReadonlySet<string>;
  readonly #keys: ReadonlySet<string>;
  readonly #known = new Map<string, boolean>();
  readonly #knownHeaders = new Map<string, boolean>();
  readonly #plainText: PlainTextTest;

  constructor({ headers, keys }: { headers: readonly string[]; keys: readonly string[] }) {
    this.#headers = new Set([...SECRET_HEADERS, ...headers.map((name) => name.toLowerCase())]);
    this.#keys = new Set(keys.map(squeeze));
    this.#plainText = new PlainTextTest(literalsOf(this.#headers, this.#keys));
  }

  /** Whether a text certainly holds no value that is to be redacted, whatever type it is of; false where it may hold one. */
  isPlain(text: string): boolean {
    return this.#plainText.isPlain(text);
  }

  /** @param name of a header field, any case */
  isHeader(name: string): boolean {
    const known = this.#knownHeaders.get(name);
    if (known !== undefined) return known;
    const lower = name.toLowerCase();
    const isSecret = this.#headers.has(lower) || this.isKey(lower);
    remember(this.#knownHeaders, name, isSecret);
    return isSecret;
  }

  /** @param name of a member, form field, query parameter, element or attribute; may be percent-encoded or nested by brackets */
  isKey(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const isSecret = this.#judge(name);
    remember(this.#known, name, isSecret);
    return isSecret;
  }

  #judge(name: string): boolean {
    const plain = decodeName(name);
    const squeezed = squeeze(plain);
    if (squeezed === '') return false;
    if (this.#keys.has(squeezed)) return true;
    if (HARMLESS.test(squeezed)) return false;
    if (HAS_SECRET_PART.test(squeezed)) return true;
    const words = plain
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    return words.some((word) => SECRET_WORDS.has(word) || this.#keys.has(word));
  }
}

/** Names come from clients: what is remembered of them is bounded. */
function remember(known: Map<string, boolean>, name: string, isSecret: boolean): void {
  if (name.length > 64) return;
  if (known.size >= 4096) known.clear();
  known.set(name, isSecret);
}

/** What every text holds that holds a name of a secret. */
function literalsOf(headers: ReadonlySet<string>, keys: ReadonlySet<string>): SecretLiterals {
  const names = [...[...headers].map(squeeze), ...keys];
  const parts = [...SECRET_PARTS, ...SECRET_ENDINGS];
  const words = [...SECRET_WORDS];
  const isTooMuch = names.reduce((total, name) => total + name.length, 0) > MOST_LITERALS;
  if (isTooMuch || names.includes('')) return { parts, words, beyond: 'anything' };
  const ascii = names.filter((name) => /^[a-z0-9]+$/.test(name));
  return { parts: [...parts, ...ascii], words, beyond: ascii.length < names.length ? 'not-ascii' : 'none' };
}

function squeeze(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

function decodeName(name: string): string {
  let plain = name;
  for (let round = 0; round < 3 && plain.includes('%'); round++) plain = percentDecode(plain);
  return plain.replace(/\\+u([0-9a-fA-F]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Decodes what is decodable and leaves the rest as it is. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-7][0-9a-fA-F])/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}
