import { spawnSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { curlCommand } from '../../../../../src/admin/ui/traffic/record/curl-command.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';
import { EXCHANGE, exchangeWith } from '../../../../support/shown-documents.ts';

/** Stands in for curl: its arguments, each ended by a NUL, and behind them what it was sent. */
const STAND_IN = `curl() { printf '%s\\0' "$@"; for a; do if [ "$a" = '@-' ]; then cat; fi; done; }\n`;

interface Call {
  readonly flags: string[];
  readonly method: string | null;
  readonly url: string | null;
  readonly headers: string[];
  readonly body: string | null;
}

/** What a shell gives curl for a command. */
function callOf(shell: string, command: string): Call {
  const { stdout, stderr, status } = spawnSync(shell, ['-c', STAND_IN + command], { encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`${shell}: ${status} ${stderr}\n${command}`);
  const words = stdout.split('\0');
  const call = { flags: [] as string[], method: null, url: null, headers: [] as string[], body: null } as {
    -readonly [Name in keyof Call]: Call[Name];
  };
  while (words.length > 1) {
    const option = words.shift()!;
    if (option === '--request') call.method = words.shift()!;
    else if (option === '--url') call.url = words.shift()!;
    else if (option === '--header') call.headers.push(words.shift()!);
    else if (option === '--data-raw') call.body = words.shift()!;
    else if (option === '--data-binary') {
      if (words.shift() !== '@-') throw new Error('another source of the body');
      call.body = words.join('\0');
      return call;
    } else call.flags.push(option);
  }
  return call;
}

const KNOWN_FLAGS = new Set(['--head', '--http1.0', '--globoff', '--path-as-is', '--compressed']);
const sane = (text: string): string => text.replaceAll('\0', '').toWellFormed();
const HEADER_NAME = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/);

for (const shell of ['sh', 'bash'])
  test(`${shell} gives curl what the record holds, and nothing else happens`, (t) => {
    fc.assert(
      fc.property(
        HOSTILE_TEXT,
        HOSTILE_TEXT,
        fc.array(fc.tuple(HEADER_NAME, HOSTILE_TEXT), { maxLength: 6 }),
        HOSTILE_TEXT,
        (method, path, headers, body) => {
          const url = `http://shop.test/${path}`;
          const record = readRecord({
            http: {
              request: {
                method,
                headers: Object.fromEntries(headers),
                body: { content: body, bytes: 1 },
              },
            },
            url: { full: url },
          });
          const call = callOf(shell, curlCommand(record)!);
          t.deepEqual(
            call.flags.filter((flag) => !KNOWN_FLAGS.has(flag)),
            [],
          );
          t.is(call.url, sane(url));
          if (call.method !== null) t.is(call.method, sane(method));
          t.is(call.body, body === '' ? null : body.toWellFormed());
          for (const header of call.headers)
            t.true(
              header === 'Content-Type:' ||
                headers.some(
                  ([name, value]) => header === (value === '' ? `${name};` : sane(`${name}: ${value}`)),
                ),
              header,
            );
        },
      ),
      { numRuns: 100 },
    );
  });

test('a usual request is easy to read', (t) => {
  t.is(
    curlCommand(readRecord(EXCHANGE)),
    `# 2 values were redacted in the record. Put the real ones where REDACTED stands.
curl --url 'http://shop.test/tea?hot=1&token=REDACTED' \\
  --header 'content-type: application/json' \\
  --header 'authorization: REDACTED' \\
  --header 'x-many: 1' \\
  --header 'x-many: 2' \\
  --data-raw '{"leaf":"oolong"}'
`,
  );
});

test('what is not recorded is said', (t) => {
  const withBody = (body: object, marks: object): string =>
    curlCommand(
      readRecord(exchangeWith({ http: { request: { body } }, tapline: { request: { body: marks } } })),
    )!;
  t.regex(
    withBody({ bytes: 12, content: undefined }, {}),
    /^# The body of 12 bytes was not recorded and is left out\.$/m,
  );
  t.regex(
    withBody({ bytes: 99_999 }, { truncated: true }),
    /^# Only the beginning of the body was recorded, it had 99999 bytes\.$/m,
  );
});

test('a body that was sent encoded is sent decoded', (t) => {
  const record = exchangeWith({ http: { request: { headers: { 'content-encoding': 'gzip' } } } });
  const command = curlCommand(readRecord(record))!;
  t.false(command.includes("'content-encoding"));
  t.regex(command, /^# The body was sent encoded/m);
});

test('each method as it is', (t) => {
  const of = (method: string, content: string | undefined): string =>
    curlCommand(
      readRecord(exchangeWith({ http: { request: { method, body: { bytes: 0, content } } } })),
    )!.split('\n')[1]!;
  t.regex(of('GET', undefined), /^curl --url/);
  t.regex(of('HEAD', undefined), /^curl --head/);
  t.regex(of('GET', 'x'), /^curl --request 'GET'/);
  t.regex(of('DELETE', undefined), /^curl --request 'DELETE'/);
});

test('curl neither changes the URL nor reads files for it', (t) => {
  const of = (full: string): string => curlCommand(readRecord(exchangeWith({ url: { full } })))!;
  t.true(of('http://shop.test/{a,b}[1-3]').includes(' --globoff '));
  t.true(of('http://shop.test/a/../b').includes(' --path-as-is '));
  t.is(curlCommand(readRecord(exchangeWith({ url: { full: 'file:///etc/passwd' } }))), null);
  t.is(curlCommand(readRecord(exchangeWith({ url: { full: '--output=x' } }))), null);
  const body = curlCommand(
    readRecord(exchangeWith({ http: { request: { body: { content: '@/etc/passwd' } } } })),
  )!;
  t.true(body.includes("--data-raw '@/etc/passwd'"));
  const header = exchangeWith({ http: { request: { headers: { '@/etc/passwd': 'x' } } } });
  t.false(curlCommand(readRecord(header))!.includes('/etc/passwd'));
});

test('a record without a request has no command', (t) => {
  t.is(curlCommand(readRecord({ tapline: { kind: 'gap' } })), null);
});
