import fc from 'fast-check';

/** Pieces of names of secrets, near-misses of them, and all that the scan gives a meaning to. */
const PIECES = [
  ...[
    'password',
    'pass',
    'word',
    'passw',
    'PASSWORD',
    'Pass',
    'p',
    'a',
    's',
    'token',
    'tokens',
    'tokenizer',
    'to',
    'ken',
  ],
  ...[
    'to\u212aen',
    'p\u0130n',
    'pin',
    'Pin',
    'shipping',
    'spin',
    'sPin',
    'xPIN',
    'sIG',
    'pinX',
    'pinx',
    'PINx',
    'npin',
    'nonce',
  ],
  ...[
    'sid',
    'side',
    'sig',
    'design',
    'pan',
    'company',
    'auth',
    'author',
    'x-auth',
    'session',
    'sess',
    'otp',
    'totp',
    'cvv2',
    'cvv',
    '2',
  ],
  ...[
    'secret',
    'api',
    'key',
    'api_key',
    'apikey',
    'access',
    'cookie',
    'cookie2',
    'Cookie',
    'signature',
    'jwt',
    'csrf',
    'saml',
  ],
  ...[
    'card number',
    'prompt_tokens',
    'authorization',
    'authentication-info',
    'sec-websocket-key',
    'tax',
    'number',
    'tax-number',
    'own',
  ],
  ...[
    'data',
    'value',
    'val',
    'content',
    'default',
    'name',
    'name*',
    'field',
    'param',
    'header',
    'type',
    'id',
    'autocomplete',
    'string',
  ],
  ...[
    'bearer',
    'Bearer ',
    'basic ',
    'Basic ',
    'digest ',
    'negotiate ',
    'eyJ',
    'eyJhbGciOiJIUzI1NiJ9.',
    'eyj',
    'abcdefgh',
    'PRIVATE KEY',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    'user',
    'ann',
    'x',
    '1',
    '8080',
    'é',
    'п',
    '–',
    '日本',
    '\u{1f600}',
    '\ufffd',
    '\u0131',
  ],
  ...[
    '"',
    "'",
    '\\',
    '\\\\',
    '\\"',
    "\\'",
    '\\n',
    '\\r',
    '\\t',
    '\\u0070',
    '\\u0022',
    '\\u005f',
    '"""',
    '&quot;',
    '&#34;',
    '&#39;',
    '&apos;',
  ],
  ...[
    ':',
    '=',
    ',',
    '>',
    '<',
    '</',
    '/>',
    '=>',
    '": "',
    '":"',
    '":',
    '", "',
    '","',
    '="',
    '{"',
    '"}',
    '{',
    '}',
    '[',
    ']',
    '["',
    '"]',
  ],
  ...[
    '&',
    '?',
    '#',
    ';',
    '; ',
    '@',
    '/',
    '//',
    '://',
    ':\\/\\/',
    'https://',
    'a:b@',
    ':80',
    '%',
    '%20',
    '%3D',
    '%253D',
    '%22',
    '%70',
    '%zz',
  ],
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    '-',
    '_',
    '.',
    '+',
    '*',
    '$',
    '!',
    '~',
    "''",
    '(',
    '\0',
    '\u2028',
    '\u00a0',
  ],
  ...[
    '--b\r\n',
    'Content-Disposition: form-data; name=',
    '<input ',
    '<key>',
    '</key>',
    '<string>',
    '<param name="',
    '<name>',
    '</name>',
  ],
  ...[
    'x'.repeat(60),
    'y'.repeat(120),
    'z-'.repeat(62),
    'w '.repeat(55),
    ' '.repeat(90),
    '\\'.repeat(20),
    'q'.repeat(1000),
    '"k":"v",'.repeat(126),
  ],
];

const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
  fc.string({ maxLength: 4, unit: 'binary' }),
);

/** Soup of pieces. */
export const soups = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));

const word = fc.array(
  fc.constantFrom(...PIECES.filter((part) => /^[\p{L}\p{N}_*-]+$/u.test(part) && part.length < 100)),
  {
    minLength: 1,
    maxLength: 3,
  },
);
const name = fc
  .tuple(word, fc.constantFrom('', '', '', '-', '_', ' ', '.'))
  .map(([parts, between]) => parts.join(between));
const scalar: fc.Arbitrary<unknown> = fc.oneof(
  name,
  soups,
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, '', 'https://a.test/x', 'https://ann:x@a.test/', 'a@b.test', 'x'.repeat(200)),
);
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.dictionary(name, tie('value'), { maxKeys: 5 }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('value').map((value) => JSON.stringify(value)),
  ),
})).value;

const json = fc
  .tuple(values, fc.constantFrom(0, 1, '\t'))
  .map(([value, blanks]) => JSON.stringify(value, null, blanks) ?? '');
const text = fc.oneof(name, scalar.map(String));
const form = fc
  .array(fc.tuple(name, text), { minLength: 1, maxLength: 5 })
  .chain((fields) =>
    fc.constantFrom(
      new URLSearchParams(fields).toString(),
      fields.map(([key, value]) => `${key}=${value}`).join('&'),
      `/path?${fields.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&')}`,
      fields.map(([key, value]) => `${key}: ${value}`).join('\r\n'),
      fields.map(([key, value]) => `${key}=${value}`).join('; '),
    ),
  );
const xml = fc
  .array(fc.tuple(name, name, text), { minLength: 1, maxLength: 4 })
  .map((nodes) =>
    nodes
      .map(
        ([key, attribute, value]) => `<${key} ${attribute}="${value}" name='${attribute}'>${value}</${key}>`,
      )
      .join('\n'),
  );
const multipart = fc
  .array(fc.tuple(name, text), { minLength: 1, maxLength: 4 })
  .map(
    (parts) =>
      `${parts.map(([key, value]) => `--b\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`).join('')}--b--\r\n`,
  );

/** Texts of the usual types, whole, cut, or with a piece put in or taken out somewhere. */
export const documents = fc
  .tuple(
    fc.oneof(json, form, xml, multipart),
    fc.nat(),
    fc.nat({ max: 6 }),
    fc.constantFrom('none', 'cut', 'insert', 'remove'),
    piece,
  )
  .map(([document, place, length, change, inserted]) => {
    const at = place % (document.length + 1);
    if (change === 'cut') return document.slice(0, at);
    if (change === 'insert') return document.slice(0, at) + inserted + document.slice(at);
    return change === 'remove' ? document.slice(0, at) + document.slice(at + length) : document;
  });

const nearName = fc.constantFrom(
  'pin',
  'spin',
  'pinning',
  'opaning',
  'sid',
  'side',
  'sidebar',
  'x-pin-y',
  'author',
  'a',
  'token',
);
const filler = fc
  .tuple(
    fc.constantFrom('a', 'a', 'w ', 'k-', 'é', '\\', '"k":1,', ' '),
    fc.oneof(fc.integer({ min: 100, max: 132 }), fc.nat(1100)),
  )
  .map(([unit, length]) => unit.repeat(length).slice(0, length));
const joint = fc.constantFrom(
  '=',
  ':',
  '": "',
  '":"',
  '"',
  "'",
  '\\":\\"',
  '&quot;:&quot;',
  '=>',
  ' = "',
  '":',
  '}',
  '<',
  '',
  ' ',
  ',"',
);
const member = fc.constantFrom(
  'value',
  'data',
  'content',
  'val',
  'name',
  'key',
  'id',
  'field',
  'header',
  'param',
  'name*',
  'other',
);

/** Names, values and distances about as long as the scan looks. */
export const limits = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: filler },
      { weight: 3, arbitrary: nearName },
      { weight: 3, arbitrary: joint },
      { weight: 3, arbitrary: fc.tuple(member, joint).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.tuple(member, joint, nearName, joint).map((parts) => parts.join('')) },
    ),
    { minLength: 2, maxLength: 9 },
  )
  .map((parts) => parts.join(''));

const urlPiece = fc.constantFrom(
  ...[
    'x',
    'ann',
    'host',
    '8080',
    '123456',
    ':',
    ':',
    '/',
    '/',
    '?',
    '#',
    '@',
    '[',
    ']',
    '\\',
    '\\/',
    '"',
    "'",
    ' ',
    '&',
    '=',
    '.',
    '<',
  ],
  ...[
    '\u00a0',
    '://',
    '://',
    'https://',
    ':\\/\\/',
    'ann:x@',
    'a:b/',
    'a:b/c@',
    ':80/',
    ':80',
    'y'.repeat(500),
  ],
);

/** URLs, and what looks like them. */
export const urls = fc
  .tuple(fc.constantFrom('', 'https://', 'see x://', '{"u":"a:\\/\\/'), fc.array(urlPiece, { maxLength: 12 }))
  .map(([start, pieces]) => start + pieces.join(''));
