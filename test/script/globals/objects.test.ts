import { generateKeyPairSync, createHmac, createSign, sign as signBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { DiskFiles } from '../../../src/script/program-files.ts';
import { valueOf } from '../../support/program.ts';

const js = JSON.stringify;

function values(t: ExecutionContext, cases: readonly (readonly [string, unknown])[]): void {
  for (const [code, expected] of cases) {
    const got = valueOf(code);
    if (expected instanceof RegExp) t.regex(got, expected, code);
    else t.is(got, js(expected), code);
  }
}

test('Netmask', (t) => {
  const of = (cidr: string): string =>
    `(n => [n.base, n.mask, n.hostmask, n.broadcast, n.bitmask, n.size, n.first, n.last, '' + n])(new Netmask('${cidr}'))`;
  values(t, [
    [
      of('192.168.1.77/24'),
      [
        '192.168.1.0',
        '255.255.255.0',
        '0.0.0.255',
        '192.168.1.255',
        24,
        256,
        '192.168.1.1',
        '192.168.1.254',
        '192.168.1.77/24',
      ],
    ],
    [
      of('10.0.0.4/31'),
      ['10.0.0.4', '255.255.255.254', '0.0.0.1', '10.0.0.5', 31, 2, '10.0.0.4', '10.0.0.5', '10.0.0.4/31'],
    ],
    [
      of('10.0.0.4'),
      ['10.0.0.4', '255.255.255.255', '0.0.0.0', '10.0.0.4', 32, 1, '10.0.0.4', '10.0.0.4', '10.0.0.4'],
    ],
    ["new Netmask('1.2.3.4/0').size", 4294967296],
    ["new Netmask('1.2.3.4/1').size", 2147483648],
    ["new Netmask('2001:db8::1/64').broadcast", '2001:db8::ffff:ffff:ffff:ffff'],
    ["new Netmask('10.0.0.0/8').contains('10.255.0.1')", true],
    ["new Netmask('10.0.0.0/8').contains('11.0.0.1')", false],
    ["new Netmask('10.0.0.0/8').contains('10.0.0')", false],
    ["new Netmask('0.0.0.0/0').contains('::1')", false],
    ["new Netmask('::ffff:10.0.0.0/104').contains('::ffff:10.9.9.9')", true],
  ]);
  for (const bad of [
    '010.0.0.1',
    '1.2.3',
    '1..2.3',
    '1.2.3.4/33',
    '1.2.3.4/x',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    '256.1.1.1',
    '::1/129',
    ':::',
    '',
  ])
    t.regex(valueOf(`new Netmask('${bad}')`), /^error: invalid CIDR notation/, bad);
});

test('URL', (t) => {
  const all = (args: string): string =>
    `(u => [u.protocol, u.auth, u.username, u.password, u.host, u.hostname, u.port, u.path, u.pathname, u.search, u.query, u.hash, u.origin, u.href])(new URL(${args}))`;
  values(t, [
    [
      all("'https://u:p@ex.org:8443/a/b?x=1#h'"),
      [
        'https:',
        'u:p',
        'u',
        'p',
        'ex.org:8443',
        'ex.org',
        '8443',
        '/a/b?x=1',
        '/a/b',
        '?x=1',
        'x=1',
        '#h',
        'https://ex.org:8443',
        'https://u:p@ex.org:8443/a/b?x=1#h',
      ],
    ],
    ["new URL('https://ex.org').port", '443'],
    ["new URL('http://ex.org').port", '80'],
    ["new URL('http://ex.org:80/').host", 'ex.org:80'],
    ["new URL('ex.org/a').pathname", 'ex.org/a'],
    ["new URL('ex.org/a').hostname", ''],
    ["new URL('?q', 'http://h/dir/file').path", '/dir/file?q'],
    ["new URL('/x', 'https://h:1/dir/file').href", 'https://h:1/x'],
    ["new URL('http://[::1]:8080/').hostname", '[::1]'],
    ["new URL('//a b/c').hostname", 'a b'],
    ["new URL('').path", '/'],
  ]);
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string()), (text, base) => {
      t.false(valueOf(`new URL(${js(text)}, ${js(base)}).href`).startsWith('error'), js([text, base]));
    }),
    { numRuns: 200 },
  );
});

test('digests', (t) => {
  const hash = (name: string, text: string): string =>
    `(h => (h.update('${text}'), h.digest('hex')))(new crypto.Hash('${name}'))`;
  values(t, [
    [hash('md5', ''), 'd41d8cd98f00b204e9800998ecf8427e'],
    [hash('sha256', 'abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [hash('sha3-256', ''), 'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a'],
    [hash('shake128', ''), '7f9c2ba4e88f827d616045507605853e'],
    [hash('sha512-256', 'abc'), '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23'],
    [hash('sha257', ''), /error: unknown message digest/],
    [hash('__proto__', ''), /error: unknown message digest/],
    ["(h => (h.update('616263', 'hex'), h.digest().size))(new crypto.Hash('sha1'))", 20],
    ["(h => (h.digest(), h.digest()))(new crypto.Hash('sha1'))", /^error: /],
    ["new crypto.Hash('sha1').digest('utf7')", /error: unknown encoding/],
    [
      "(h => (h.update('what do ya want for nothing?'), h.digest('hex')))(new crypto.Hmac('sha256', 'Jefe'))",
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ["new crypto.Hmac('sha256', 5)", /error: argument #2 expects/],
    ["new crypto.Hmac('sha256')", /error: argument #2 expects/],
  ]);
});

test('Verify takes RSA and EC keys in PEM', (t) => {
  for (const pair of [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ]) {
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const signature = createSign('sha256').update('text').sign(pair.privateKey).toString('base64');
    const check = (text: string): string =>
      `(v => (v.update('${text}'), v.verify(${js(pem)}, '${signature}', 'base64')))(new crypto.Verify('sha256'))`;
    t.is(valueOf(check('text')), 'true');
    t.is(valueOf(check('test')), 'false');
  }
  t.regex(valueOf("new crypto.Verify('sha256').verify('no key', 'x')"), /error: the key is no PEM/);
});

const part = (value: object): string => Buffer.from(js(value)).toString('base64url');

test('JWT: every algorithm with fresh keys, as PEM and as JWK', (t) => {
  const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const size of [256, 384, 512] as const) {
    const digest = `sha${size}`;
    const signed = (alg: string): string => `${part({ alg })}.${part({ sub: 'ann' })}`;
    const hs = signed(`HS${size}`);
    const mac = createHmac(digest, 'secret').update(hs).digest('base64url');
    t.is(valueOf(`new crypto.JWT('${hs}.${mac}').verify('secret')`), 'true');
    t.is(valueOf(`new crypto.JWT('${hs}.${mac}').verify(new Data('wrong'))`), 'false');
    t.is(valueOf(`new crypto.JWT('${hs}.${mac}').verify('secret', { algorithms: ['RS256'] })`), 'false');
    const es = curves[`ES${size}`];
    const ec = generateKeyPairSync('ec', { namedCurve: es });
    for (const [alg, pair] of [
      [`RS${size}`, rsa],
      [`ES${size}`, ec],
    ] as const) {
      const text = signed(alg);
      const bytes = signBytes(digest, Buffer.from(text), {
        key: pair.privateKey,
        dsaEncoding: 'ieee-p1363',
      }).toString('base64url');
      const token = `new crypto.JWT('${text}.${bytes}')`;
      const pem = js(pair.publicKey.export({ type: 'spki', format: 'pem' }));
      t.is(valueOf(`${token}.verify(${pem})`), 'true', alg);
      t.is(
        valueOf(`${token}.verify(new crypto.JWK(${js(pair.publicKey.export({ format: 'jwk' }))}))`),
        'true',
        alg,
      );
      t.is(
        valueOf(
          `${token}.verify(${js((pair === rsa ? ec : rsa).publicKey.export({ type: 'spki', format: 'pem' }))})`,
        ),
        'false',
        alg,
      );
      t.is(valueOf(`new crypto.JWT('${text}x.${bytes}').verify(${pem})`), 'false', alg);
      t.regex(valueOf(`${token}.verify('no pem')`), /error: the key is no PEM/);
    }
  }
});

test('JWT: a hundred ES256 tokens; the original refused half of them', (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tokens = Array.from({ length: 100 }, (_, index) => {
    const text = `${part({ alg: 'ES256' })}.${part({ index })}`;
    return `${text}.${signBytes('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  t.is(valueOf(`${js(tokens)}.every(token => new crypto.JWT(token).verify(${js(pem)}))`), 'true');
});

test('JWT: what is no token is not valid, and never throws', (t) => {
  values(t, [
    [
      `(j => [j.isValid, j.header.alg, j.payload.a])(new crypto.JWT('${part({ alg: 'HS256' })}.${part({ a: 1 })}.AAAA'))`,
      [true, 'HS256', 1],
    ],
    [`new crypto.JWT('${part({ alg: 'none' })}.${part({})}.').isValid`, false],
    [`new crypto.JWT('${part({ alg: 'none' })}.${part({})}.').verify('')`, false],
    [`new crypto.JWT('${part({ alg: 'HS256' })}.!.x').payload === undefined`, true],
    [`new crypto.JWT('${part({ alg: '__proto__' })}.${part({})}.AA').isValid`, false],
    ['new crypto.JWK(null)', /error: argument #1 expects a non-null object/],
    ["new crypto.JWK({ kty: 'RSA', n: 'AQ' })", /error: missing "e"/],
    ["new crypto.JWK({ kty: 'oct' })", /error: unknown "kty"/],
    ["new crypto.JWK({ kty: 'EC', crv: 'P-1', x: 'a', y: 'b' })", /error: unknown "crv"/],
    ["new crypto.JWK({ kty: 'EC', crv: 'P-256', x: '!', y: 'b' })", /error: invalid "x"/],
    ["new crypto.JWK({ kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' }).isValid", false],
  ]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      t.is(valueOf(`new crypto.JWT(${js(text)}).verify('key')`), 'false');
    }),
    { numRuns: 200 },
  );
});

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'tapline-files-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('os: environment, files and their status', (t) => {
  const root = folder(t);
  writeFileSync(path.join(root, 'a.txt'), 'content');
  mkdirSync(path.join(root, 'sub'));
  const files = new DiskFiles(root);
  const of = (code: string): string => valueOf(code, { files });
  t.is(of('os.env.HOME'), '"/root"');
  t.is(of("os.readFile('a.txt').toString()"), '"content"');
  t.is(of("os.readFile('sub')"), 'null', 'a folder would never end');
  t.is(
    of(
      "(s => [s.size, s.isFile(), s.isDirectory(), s.isSymbolicLink(), Number.isInteger(s.mtime)])(os.stat('a.txt'))",
    ),
    '[7,true,false,false,true]',
  );
  t.is(of("os.stat('sub').isDirectory()"), 'true');
  t.is(of("os.stat('none')"), 'null');
  const lines: string[] = [];
  valueOf("os.readFile('none')", {
    files,
    ports: { log: { write: (level, line) => void lines.push(`${level} ${line}`) } },
  });
  t.deepEqual(lines, ['error os.readFile: cannot open file: none']);
});

test('http.File: codings, types, folders, and nothing outside the program', (t) => {
  const outer = folder(t);
  const root = path.join(outer, 'program');
  mkdirSync(path.join(root, 'site'), { recursive: true });
  writeFileSync(path.join(outer, 'secret.txt'), 'secret');
  writeFileSync(path.join(root, 'site/index.html'), 'home');
  writeFileSync(path.join(root, 'site/both.css'), 'plain');
  writeFileSync(path.join(root, 'site/both.css.gz'), gzipSync('zipped'));
  writeFileSync(path.join(root, 'site/both.css.br'), brotliCompressSync('brotli'));
  writeFileSync(path.join(root, 'site/only.js.gz'), gzipSync('script'));
  writeFileSync(path.join(root, 'site/only.svg.br'), brotliCompressSync('picture'));
  symlinkSync(path.join(outer, 'secret.txt'), path.join(root, 'site/link.txt'));
  const files = new DiskFiles(root);
  const of = (code: string): string => valueOf(code, { files });
  const answer = (file: string, accept: string): string =>
    of(
      `(m => [m.head.status ?? 200, m.head.headers['content-type'], m.head.headers['content-encoding'], m.body?.size])(new http.File('${file}').toMessage(${js(accept)}))`,
    );
  t.is(answer('site', ''), '[200,"text/html; charset=utf-8",null,4]');
  t.is(answer('/site/', ''), '[200,"text/html; charset=utf-8",null,4]');
  t.regex(answer('site/both.css', 'gzip, br'), /"br"/);
  t.regex(answer('site/both.css', 'gzip, br;q=0'), /"gzip"/);
  t.regex(answer('site/both.css', 'gzip;q=0'), /null,5\]/);
  t.regex(answer('site/both.css', '*'), /"br"/);
  t.is(answer('site/only.js', ''), '[200,"application/javascript; charset=utf-8",null,6]');
  t.is(answer('site/only.svg', 'gzip'), '[406,null,null,null]');
  t.is(of("new http.File('none')"), 'error: file not found: none');
  for (const outside of [
    '../secret.txt',
    '/../secret.txt',
    'site/../../secret.txt',
    'site/link.txt',
    path.join(outer, 'secret.txt'),
  ])
    t.is(of(`http.File.from(${js(outside)})`), 'null', outside);
  t.is(
    of("(f => f.toMessage() === f.toMessage())(new http.File('site'))"),
    'true',
    'the same message each time',
  );
});

test('JSON and console', (t) => {
  values(t, [
    ['JSON.parse(\'{"a":[1,null]}\')', { a: [1, null] }],
    ["JSON.parse('1 2') === undefined", true],
    ['JSON.decode(null) === undefined', true],
    ['JSON.stringify({ a: 1 }, null, 2)', '{\n  "a": 1\n}'],
    ['(a => (a.a = a, JSON.stringify(a)))({})', /error: /],
    ['repeat(0, () => 1) === undefined', true],
    ['repeat(1)', /error: argument #2 expects a function/],
  ]);
  const lines: string[] = [];
  valueOf("(a => (a.self = a, console.log('one\\ntwo', 1, { a: [1] }, a, new Data('d'))))({})", {
    ports: { log: { write: (level, line) => void lines.push(`${level} ${line}`) } },
  });
  t.deepEqual(lines, ['info [pjs] one', 'info [pjs] two 1 {"a":[1]} {"self":"…"} d']);
});
