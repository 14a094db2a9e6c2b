/**
 * What redaction and the reading of bodies cost: microseconds for one ordinary exchange (a JSON body each way, its header values, its URL), and
 * megabytes a second over a fixed set of texts, those without anything secret and those with.
 *
 *   node load-tests/redaction-cost.ts            prints a table and holds the budgets
 *   node load-tests/redaction-cost.ts --write    writes load-tests/results/redaction-cost.json, too
 */
import { writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RequestHead, ResponseHead } from '../src/codecs/http1/head.ts';
import { BodyCapture } from '../src/records/body-capture.ts';
import { BodyReader } from '../src/records/body-reader.ts';
import { ByteBudget } from '../src/records/byte-budget.ts';
import { redactText } from '../src/records/redaction/redact-text.ts';
import { SecretNames } from '../src/records/redaction/secret-names.ts';

const BUDGETS = { exchangeMicroseconds: 4, plainMegabytesPerSecond: 200 };
const ROUNDS = 60;
/** Of a round; short, so that some rounds are not disturbed. */
const ROUND_MS = 4;
const BODY_BYTES = 65_536;

const names = new SecretNames({ headers: [], keys: [] });
const reader = new BodyReader({ names, maxBytes: BODY_BYTES, hash: () => '' });

const ORDER =
  '{"order":4711,"customer":"ann@shop.test","items":[{"sku":"A-17","count":2}],"note":"deliver on friday","vip":0}';
const LOGIN =
  '{"user":4711,"mail":"ann@shop.test","roles":["buyer"],"password":"correct horse","remember":true,"theme":"dark"}';
const REQUEST_FIELDS = [
  ...[
    'Host',
    'shop.test:8080',
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    'Accept',
    '*/*',
  ],
  ...['Content-Type', 'application/json', 'Content-Length', '111', 'Accept-Encoding', 'gzip, deflate, br'],
  ...['Origin', 'https://shop.test', 'X-Request-Id', '4f9d2a60-77f1-4f8e-9d0c-0e6c1c0a52b7'],
];
const RESPONSE_FIELDS = [
  ...['Server', 'nginx/1.26', 'Date', 'Wed, 25 Nov 2026 18:00:00 GMT', 'Content-Type', 'application/json'],
  ...['Content-Length', '111', 'Connection', 'keep-alive', 'Cache-Control', 'no-cache, max-age=0'],
  ...['ETag', 'W/"6f-9a1bc2"', 'Vary', 'accept-encoding'],
];

/** A text as it comes from a socket: one piece of memory. */
function received(text: string): string {
  return Buffer.from(text).toString('utf8');
}

/** About 64 KiB of lines or members. */
function filled(unit: (index: number) => string, between: string): string {
  const units: string[] = [];
  for (let bytes = 0, index = 0; bytes < BODY_BYTES - 200; index++) {
    units.push(unit(index));
    bytes += Buffer.byteLength(units.at(-1)!) + between.length;
  }
  return units.join(between);
}

const TEXTS: Readonly<Record<string, string>> = {
  'JSON, 64 KiB, nothing secret': `[${filled(() => ORDER, ',')}]`,
  'words, 64 KiB': filled(
    (index) => `It was on day ${index}: the ship went down, and nobody told the owner.`,
    '\n',
  ),
  'JSON in Cyrillic, 64 KiB': `[${filled(() => '{"имя":"Анна","город":"Москва"}', ',')}]`,
  'HTML, 64 KiB': `<html>${filled((index) => `<li class="item"><a href="/items/${index}">${index}</a></li>`, '\n')}</html>`,
  'JSON, 64 KiB, a secret in each 20th member': `[${filled((index) => (index % 20 === 7 ? LOGIN : ORDER), ',')}]`,
  'JSON, 64 KiB, a secret in each member': `[${filled(() => LOGIN, ',')}]`,
  'base64 in JSON, 64 KiB': `{"image":"${Buffer.from(Array.from({ length: 48_000 }, (_, index) => ((index * index * 7919) >> 3) & 255)).toString('base64')}"}`,
  'a small JSON body': ORDER,
  'a small JSON body with a secret': LOGIN,
  'a form': 'user=ann&city=Berlin&zip=10115&street=Some+Street&number=7&next=%2Forders',
  'a URL': '/api/orders/4711?page=2&sort=date',
};

/** Microseconds of the fastest round: others on the machine only ever add. */
function microseconds(work: () => void): number {
  let fastest = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    let runs = 0;
    while (performance.now() - begun < ROUND_MS) {
      for (let run = 0; run < 5; run++) work();
      runs += 5;
    }
    fastest = Math.min(fastest, ((performance.now() - begun) * 1000) / runs);
  }
  return fastest;
}

function captured(text: string): BodyCapture {
  const body = new BodyCapture(BODY_BYTES, new ByteBudget(BODY_BYTES));
  body.push(Buffer.from(text));
  return body;
}

/** All that a record of the exchange has redacted. */
function exchangeCost(body: string): number {
  const request = new RequestHead(
    'POST',
    received('/api/orders?page=2'),
    'HTTP/1.1',
    REQUEST_FIELDS.map(received),
  );
  const response = new ResponseHead('HTTP/1.1', 200, 'OK', RESPONSE_FIELDS.map(received));
  const [requestBody, responseBody] = [captured(body), captured(ORDER)];
  return microseconds(() => {
    reader.read(requestBody, request);
    reader.read(responseBody, response);
    redactText(request.path, names);
    for (const { rawHeaders } of [request, response])
      for (let index = 0; index < rawHeaders.length; index += 2)
        if (!names.isHeader(rawHeaders[index]!)) redactText(rawHeaders[index + 1]!, names);
  });
}

const plainUs = exchangeCost(ORDER);
const secretUs = exchangeCost(LOGIN);
const texts = Object.entries(TEXTS).map(([what, template]) => {
  const text = received(template);
  const cost = microseconds(() => redactText(text, names));
  const bytes = Buffer.byteLength(text);
  return {
    what,
    bytes,
    isPlain: names.isPlain(text),
    microseconds: round2(cost),
    megabytesPerSecond: Math.round(bytes / cost),
  };
});
const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.cpus().length} x ${os.cpus()[0]!.model}, node ${process.version}`,
  exchangeMicroseconds: round2(plainUs),
  exchangeWithSecretMicroseconds: round2(secretUs),
  texts,
};
if (process.argv.includes('--write'))
  writeFileSync(
    path.join(import.meta.dirname, 'results/redaction-cost.json'),
    `${JSON.stringify(result, null, 2)}\n`,
  );

for (const { what, microseconds: cost, megabytesPerSecond, isPlain } of texts)
  process.stdout.write(
    `      ${what}: ${cost}us, ${megabytesPerSecond} MB/s, ${isPlain ? 'told by one look' : 'scanned'}\n`,
  );
process.stdout.write(`      an exchange with a password: ${result.exchangeWithSecretMicroseconds}us\n`);
const rate = texts[0]!.megabytesPerSecond;
const verdicts: [boolean, string][] = [
  [
    plainUs <= BUDGETS.exchangeMicroseconds,
    `an exchange without secrets: ${result.exchangeMicroseconds}us (at most ${BUDGETS.exchangeMicroseconds}us)`,
  ],
  [
    rate >= BUDGETS.plainMegabytesPerSecond,
    `${texts[0]!.what}: ${rate} MB/s (at least ${BUDGETS.plainMegabytesPerSecond} MB/s)`,
  ],
];
for (const [isMet, what] of verdicts) process.stdout.write(`${isMet ? 'pass' : 'FAIL'}  ${what}\n`);
process.exitCode = verdicts.every(([isMet]) => isMet) ? 0 : 1;

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
