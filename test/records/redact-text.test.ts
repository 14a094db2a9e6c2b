import test from 'ava';
import fc from 'fast-check';
import { redactMalformedHead } from '../../src/records/redaction/redact-malformed-head.ts';
import { redactText } from '../../src/records/redaction/redact-text.ts';
import { SecretNames } from '../../src/records/redaction/secret-names.ts';

const names = new SecretNames({ headers: [], keys: ['tax-number'] });
const CANARY = 'c4naryValue9z';

/** Texts with a secret, as they are seen in the wild; `@` stands for the secret. */
const TEXTS: Record<string, string> = {
  json: '{"user":"ann","password":"@","n":1}',
  'json with blanks': '{ "password" :\n  "@" }',
  'json with escaped quotes in the value': String.raw`{"password":"ab\"@","x":1}`,
  'json number': '{"user":1,"pin": 0@, "b":2}',
  'json object': '{"credentials":{"a":"@","b":["@"]},"x":1}',
  'json list': '{"tokens":["@","@"]}',
  'json in json': String.raw`{"payload":"{\"password\":\"@\",\"x\":1}"}`,
  'json in json in json': JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: '@' }) }) }),
  'json with an escaped key': String.raw`{"p\u0061ssword":"@"}`,
  'json in json with escaped quotes': String.raw`{"payload":"{\u0022password\u0022:\u0022@\u0022}"}`,
  'name and value as members': '{"name":"password","value":"@"}',
  'camel case': '{"dbPassword":"@","apiKey":"@","accessToken":"@"}',
  'lines of json': '{"a":1}\n{"token":"@"}\n',
  form: 'user=ann&password=@&x=1',
  'an encoded ampersand in a value of a url in a url':
    'next=https%3A%2F%2Fa.test%2F%3Ftoken%3Dab%2526c%253D@%26x%3D1',
  'the same in a path': '/go/https%3A%2F%2Fa.test%2F%3Ftoken%3Dab%2526c%253D@%26x%3D1',
  'form with an encoded key': 'user=ann&pass%77ord=@',
  'form with brackets': 'user[password]=@&x=1',
  'form with raw blanks': 'password=my @ is long&x=1',
  'form with an ampersand in the value': 'user=a&password=x&@',
  multipart:
    '--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nann\r\n--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n@\r\n--b--\r\n',
  'multipart with lines of dashes':
    '--b\r\nContent-Disposition: form-data; name=password\r\nContent-Type: text/plain\r\n\r\nline\r\n--other\r\n@\r\n--b--\r\n',
  'multipart with bare line feeds': '--b\ncontent-disposition: form-data; name="api_key"\n\n@\n--b--\n',
  xml: '<login><user>ann</user><password type="plain">@</password></login>',
  'xml with a prefix': '<s:Body><wsse:Password Type="x">@</wsse:Password></s:Body>',
  'xml with children': '<secret><value>@</value></secret>',
  'xml attribute': '<user name="ann" password="@"/>',
  'html input': '<input type="hidden" name="csrf_token" value="@">',
  'json in an attribute': '<div data-x="{&quot;password&quot;:&quot;@&quot;}">',
  url: 'see https://example.test/a?x=1&access_token=@&y=2 for more',
  'relative url': '/next?token=@#top',
  'url in a url': '/login?return=https%3A%2F%2Fx.test%2F%3Ftoken%3D@%26a%3D1',
  'credentials in a url': 'postgres://ann:@@db.test/main',
  'credentials in a url with signs that should be encoded': 'postgres://ann:a/b?c#@xx@db.test/main',
  'the same in json': '{"u":"https://ann:a/@xx@db.test/"}',
  'header line': 'GET / HTTP/1.1\r\nAuthorization: Basic @\r\nHost: x\r\n',
  'folded header line': 'Cookie: a=1;\r\n  sid=@\r\nHost: x',
  yaml: 'user: ann\npassword: @\nx: 1\n',
  ini: 'user=ann\npassword = @\nx=1\n',
  'a bearer token': 'it said Bearer @abcdefgh and more',
  'a web token': 'the value eyJhbGciOiJIUzI1NiJ9.@.sig went by',
  'a key of the operator': '{"taxNumber":"@"}',
  'a value before its name': '{"value":"@","name":"password"}',
  'an input with its value first': '<input value="@" name="csrf_token" type="hidden">',
  'an input of type password': '<input type="password" value="@">',
  'a meta tag': '<meta name="csrf-token" content="@">',
  'pairs in a list': '{"headers":[["Authorization","@"],["Host","x"]]}',
  'a property list': '<key>password</key><string>@</string>',
  'an xml-rpc member': '<member><name>password</name><value><string>@</string></value></member>',
  'a parameter element': '<param name="password"><value>@</value></param>',
  'a folded part head': '--b\r\nContent-Disposition: form-data;\r\n name="password"\r\n\r\n@\r\n--b--',
  'a part that holds its boundary':
    '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nline\r\n--bx@\r\n--b--',
  'json in a form': 'data=%7B+%22password%22+%3A+%22@%22+%7D',
  'a url in a path': '/redirect/https%3A%2F%2Fa%2F%3Ftoken%3D@',
  'a url encoded twice': '/x?next=https%253A%252F%252Fa%252F%253Ftoken%253D@',
  'a url with escaped slashes': String.raw`{"u":"https:\/\/user:@xx@host\/"}`,
  'headers in a string': String.raw`{"raw":"GET / HTTP/1.1\r\nCookie: a=b; c=@\r\n\r\n"}`,
  'an arrow': "'password' => '@'",
  'a triple quotation mark': 'password = """\n@"""',
  'cookies as an object': '{"cookies":{"sess":"@"}}',
  'an attribute beside a secret element': '<credentials user="a" pass="@">@</credentials>',
  'an event stream': 'data: {"token":"@"}\n\ndata: ok\n\n',
};

for (const [name, template] of Object.entries(TEXTS)) {
  const text = template.replaceAll('@', (_, offset: number) =>
    // The second @ of a URL's credentials is its own.
    (name === 'credentials in a url' && template[offset - 1] === '@') ||
    template.startsWith('xx@', offset - 2)
      ? '@'
      : CANARY,
  );
  test(`${name}: the secret is gone, whole and cut anywhere`, (t) => {
    const { text: whole, count } = redactText(text, names);
    t.false(whole.includes(CANARY), whole);
    t.true(count > 0);
    // What a cut leaves of the secret is the secret's beginning.
    for (let end = 0; end <= text.length; end++) {
      const cut = redactText(text.slice(0, end), names).text;
      t.false(cut.includes(CANARY.slice(0, 5)), `${end}: ${cut}`);
    }
  });
}

test('what stands around a secret stays', (t) => {
  const redacted = (text: string): string => redactText(text, names).text;
  t.is(redacted('{"user":"ann","password":"x","n":1}'), '{"user":"ann","password":"REDACTED","n":1}');
  t.is(redacted('a=1&token=x&b=2'), 'a=1&token=REDACTED&b=2');
  t.is(redacted('/p?a=1&sig=x&b=2'), '/p?a=1&sig=REDACTED&b=2');
  t.is(redacted('<a><password>x</password><b>1</b></a>'), '<a><password>REDACTED</password><b>1</b></a>');
  t.is(redacted('postgres://ann:x@db.test/main'), 'postgres://REDACTED:REDACTED@db.test/main');
});

test('what is no secret is not touched', (t) => {
  for (const text of [
    '{"id":7,"author":"ann","tokenizer":"x","prompt_tokens":12}',
    'plain text without anything',
    'https://example.test:8080/path?page=2',
    'https://example.test:8080/path?mail=ann@shop.test',
    '{"u":"http://example.test:port/"}',
    '<html><body class="passage">text</body></html>',
    '{"time":"12:30:00","ratio":"a=b"}',
  ])
    t.deepEqual(redactText(text, names), { text, count: 0 });
});

test('values of any content are gone', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (noise) => {
      const secret = `${noise}${CANARY}`;
      const text = JSON.stringify({ before: noise, password: secret, after: 1 });
      return !redactText(text, names).text.includes(CANARY);
    }),
  );
  t.pass();
});

/** Of this thread: what others do on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

test('no text makes it slow or throw', (t) => {
  const pieces = [
    '"',
    '\\',
    'password',
    '=',
    ':',
    '<',
    '>',
    '{',
    '[',
    '&',
    '%22',
    '\n',
    'name',
    '//',
    '@',
    ' ',
    '&quot;',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (parts) => {
      redactText(parts.join(''), names);
      return true;
    }),
  );
  for (const piece of [
    ...pieces,
    'password=',
    '"password":',
    '<password>',
    'name="password"',
    '{"a":',
    'a=%25',
  ]) {
    const text = piece.repeat(65_536 / piece.length);
    const start = cpuMs();
    redactText(text, names);
    t.true(cpuMs() - start < 2000, `${piece}: ${cpuMs() - start} ms`);
  }
});

test('values that go on to the end of the text are looked at once', (t) => {
  // Looked at again at each sign, these took 15 s and more.
  for (const piece of ['name=token ', 'key=password ', 'a=', 'a=>', 'name=x', 'x://a:b/', 'data="']) {
    const start = cpuMs();
    redactText(piece.repeat(262_144 / piece.length), names);
    t.true(cpuMs() - start < 4000, `${piece}: ${cpuMs() - start} ms`);
  }
});

test('a malformed head shows no value behind a secret name', (t) => {
  for (const head of [
    `GET / HTTP/1.1\r\nAuthorization : Basic ${CANARY}`,
    `GET / HTTP/1.1\r\nCookie\t: a=${CANARY}\r\n b=${CANARY}\r\nHost: x`,
    `GET / HTTP/1.1\rX-Api-Key ${CANARY}\rHost: x`,
    `GET /?token=${CANARY} HTTP/1.1\r\nHost x`,
    `POST / HTTP/1.1\nSet-Cookie: sid=${CANARY}`,
  ])
    t.false(redactMalformedHead(head, names).text.includes(CANARY), redactMalformedHead(head, names).text);
  t.regex(redactMalformedHead('GET / HTTP/1.1\r\nHost : x\r\n', names).text, /Host : x/);
});
