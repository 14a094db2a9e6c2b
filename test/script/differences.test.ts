import { createHmac, generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart } from '../../src/core/event.ts';
import type { DialOptions } from '../../src/core/ports.ts';
import { Flow } from '../../src/core/flow.ts';
import { DIFFERENCES } from '../../src/script/differences.ts';
import { loadTestProgram, openSession, valueOf } from '../support/program.ts';

/** What a program does with some events, or why it does not load: one line. */
function outcome(
  source: string | Record<string, string>,
  isCompat: boolean,
  events: readonly Event[] = [],
): string {
  try {
    const running = openSession(loadTestProgram(source, { isCompat }));
    for (const event of events) running.session.input(event);
    return running.text();
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

const message = (body: string): Event[] => [new MessageStart(), new Data(body), new MessageEnd()];
const http = (text: string): Event[] => [new Data(text.replaceAll('\n', '\r\n'))];
const ECHO = `pipy().listen(1).decodeHttpRequest().replaceMessage(m => new Message('[' + m.head.method + ' ' + m.body + ']')).encodeHttpResponse()`;

function dialedWith(isCompat: boolean): DialOptions {
  let seen: DialOptions | null = null;
  const loaded = loadTestProgram(`pipy().listen(1).connect('a:1', { tls: {} })`, {
    isCompat,
    dialer: {
      dial: (_target, options) => {
        seen = options;
        return {
          sending: new Flow(),
          reading: new Flow(),
          write: () => {},
          flush: () => {},
          end: () => {},
          destroy: () => {},
        };
      },
    },
  });
  openSession(loaded).session.input(new Data('x'));
  return seen!;
}

function confused(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256' })}.${part({ sub: 'mallory' })}`;
  const token = `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  return `new crypto.JWT(${JSON.stringify(token)}).verify(${JSON.stringify(pem)})`;
}

/** Each difference from both sides: what is seen with it, and without. */
const SIDES: Record<string, (isCompat: boolean) => string> = {
  'tls-verification': (isCompat) => String(dialedWith(isCompat).tls!.verify),
  'http-framing': (isCompat) =>
    outcome(
      ECHO,
      isCompat,
      http('POST / HTTP/1.1\nHost: x\nContent-Length: 9\nContent-Length: 2\nContent-Length : 7\n\nab'),
    ).replace(/\r\n/g, '|'),
  'http-limits': (isCompat) =>
    /HTTP\/1\.1 (\d+)/.exec(
      outcome(ECHO, isCompat, http(`GET / HTTP/1.1\nHost: x\n${'a: b\n'.repeat(300)}\n`)),
    )![1]!,
  'message-limits': (isCompat) =>
    outcome(`pipy().listen(1).replaceMessage(m => new Message('' + m.body.size))`, isCompat, [
      new MessageStart(),
      new Data(17 * 1024 * 1024),
      new MessageEnd(),
    ]),
  'wrong-values': (isCompat) =>
    outcome(`pipy().listen(1).replaceMessage(() => 42)`, isCompat, [...message('a'), new Data('later')]),
  'names-twice': (isCompat) =>
    outcome(
      `pipy().listen(80).link('p').pipeline('p').replaceData('first').pipeline('p').replaceData('second').listen(80).link('p')`,
      isCompat,
      [new Data('x')],
    ),
  'names-of-built-ins': (isCompat) =>
    outcome(`pipy({ os: 1 }).listen(1).replaceData(() => typeof os)`, isCompat, [new Data('x')]),
  'listen-tls': (isCompat) => outcome(`pipy().listen(1, { tls: {} })`, isCompat, [new Data('echo')]),
  'use-targets': (isCompat) =>
    outcome({ '/main.js': `pipy().listen(1).use('lib.js', 'nowhere')`, '/lib.js': 'pipy()' }, isCompat),
  'session-data': (isCompat) =>
    outcome(
      `pipy({ seen: [] }).listen(1).fork('f', { stranger: 1 }).replaceData(() => seen.join()).pipeline('f').onData(() => seen.push('stranger ' + stranger))`,
      isCompat,
      [new Data('x')],
    ),
  'cache-size': (isCompat) =>
    valueOf(
      `(made => (cache => (repeat(10001, i => (cache.get(i), true)), cache.get(0), made.n))(new algo.Cache(() => made.n++)))({ n: 0 })`,
      { isCompat },
    ),
  'jwt-key-confusion': (isCompat) => valueOf(confused(), { isCompat }),
};

const EXPECTED: Record<string, readonly [ours: RegExp, original: RegExp]> = {
  'tls-verification': [/^true$/, /^false$/],
  'http-framing': [/HTTP\/1\.1 400/, /\[POST ab\]/],
  'http-limits': [/^431$/, /^200$/],
  'message-limits': [/BufferOverflow/, /17825792/],
  'wrong-values': [/^<session end RuntimeError>$/, /^later$/],
  'names-twice': [/^error: pipeline "p" is declared twice/, /^second$/],
  'names-of-built-ins': [/^error: variable os has the name of a built-in/, /^object$/],
  'listen-tls': [/^error: option tls needs cert and key/, /^echo$/],
  'use-targets': [/^error: pipeline not found: nowhere in lib\.js/, /^$/],
  'session-data': [/^<session end RuntimeError>$/, /^stranger 1$/],
  'cache-size': [/^10002$/, /^10001$/],
  'jwt-key-confusion': [/^false$/, /^true$/],
};

test('every difference is tested from both sides', (t) => {
  const ids = DIFFERENCES.map(({ id }) => id).toSorted();
  t.deepEqual(Object.keys(SIDES).toSorted(), ids);
  t.deepEqual(Object.keys(EXPECTED).toSorted(), ids);
});

for (const { id, topic } of DIFFERENCES)
  test(`${id}: ${topic}`, (t) => {
    const [ours, original] = EXPECTED[id]!;
    t.regex(SIDES[id]!(false), ours, 'ours');
    t.regex(SIDES[id]!(true), original, 'with --compat');
  });
