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
const SECRET_PARTS =
  /passw(or)?d|passphrase|passcode|pwd|secret|credential|apikey|accesskey|privatekey|secretkey|signingkey|encryptionkey|authorization|sessionid|sessionkey|setcookie|bearer|cardnumber|creditcard|securitycode|oauth|cookies?$|token|signature$|jwt|sessid|authkey|csrf|xsrf|passwort|userpass|saml/;

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

/** Which names stand for secrets: by the shape of the name, and by what the operator adds. */
export class SecretNames {
  readonly #headers: ReadonlySet<string>;
  readonly #keys: ReadonlySet<string>;
  readonly #known = new Map<string, boolean>();

  constructor({ headers, keys }: { headers: readonly string[]; keys: readonly string[] }) {
    this.#headers = new Set([...SECRET_HEADERS, ...headers.map((name) => name.toLowerCase())]);
    this.#keys = new Set(keys.map(squeeze));
  }

  /** @param name of a header field, any case */
  isHeader(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#headers.has(lower) || this.isKey(lower);
  }

  /** @param name of a member, form field, query parameter, element or attribute; may be percent-encoded or nested by brackets */
  isKey(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const isSecret = this.#judge(name);
    // Names come from clients: what is remembered of them is bounded.
    if (this.#known.size >= 4096) this.#known.clear();
    if (name.length <= 64) this.#known.set(name, isSecret);
    return isSecret;
  }

  #judge(name: string): boolean {
    const plain = decodeName(name);
    const squeezed = squeeze(plain);
    if (squeezed === '') return false;
    if (this.#keys.has(squeezed)) return true;
    if (HARMLESS.test(squeezed)) return false;
    if (SECRET_PARTS.test(squeezed)) return true;
    const words = plain
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    return words.some((word) => SECRET_WORDS.has(word) || this.#keys.has(word));
  }
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
