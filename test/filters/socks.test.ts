import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { SessionEnd } from '../../src/core/event.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

/** A conversation: what is sent, in pieces, and everything that comes back as hexadecimal; the target echoes in brackets. */
function talk(
  call: string,
  bytes: Buffer,
  pieces: readonly number[] = [],
): { answer: string; lines: string[] } {
  const loaded = loadTestProgram(
    `pipy({ asked: [] }).listen(1).${call}
    .pipeline('t').onData(data => console.log('target got ' + data)).onSessionEnd(() => console.log('target ended'))`,
  );
  const running = openSession(loaded);
  let at = 0;
  for (const piece of [...pieces, bytes.length]) {
    if (at >= bytes.length) break;
    running.session.input(Data.of(bytes.subarray(at, at + piece)));
    at += piece;
  }
  running.session.input(new SessionEnd());
  const answer = running.out
    .map((event) =>
      event.kind === 'data'
        ? event.bytes().toString('hex')
        : event.kind === 'session-end'
          ? ` end${event.error}`
          : '',
    )
    .join('');
  return { answer, lines: loaded.lines.map((line) => line.replace('info [pjs] ', '')) };
}

const bytes = (...parts: (number | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));
const FOUR = "proxySOCKS4('t', (address, port, user) => (console.log(address, port, user), user != 'no'))";
const HELLO4 = bytes(4, 1, 0, 80, 127, 0, 0, 1, 'user', 0, 'hello');

test('17: SOCKS4, by address and by name, granted and refused', (t) => {
  const granted = talk(FOUR, HELLO4);
  t.is(granted.answer, `005a000000000000${Buffer.from('hello').toString('hex')} end`);
  t.deepEqual(granted.lines, ['127.0.0.1 80 user', 'target got hello', 'target ended']);
  t.deepEqual(talk(FOUR, bytes(4, 1, 0, 80, 0, 0, 0, 5, 0, 'ex.com', 0)).lines, [
    'ex.com 80 ',
    'target ended',
  ]);
  const refused = talk(FOUR, bytes(4, 1, 0, 80, 127, 0, 0, 1, 'no', 0, 'ignored'));
  t.is(refused.answer, '005b000000000000 end');
  t.is(talk(FOUR, bytes(5, 1, 0)).answer, '005b000000000000 end');
  t.is(talk(FOUR, bytes(4, 2, 0, 80, 1, 1, 1, 1, 0)).answer, '005b000000000000 end');
  t.is(talk(FOUR, bytes(4, 1, 0, 80, 1, 1, 1, 1, 'u'.repeat(300))).answer, '005b000000000000 end');
});

test('a callback that fails refuses, and is told of', (t) => {
  const { answer, lines } = talk("proxySOCKS4('t', () => nothing)", HELLO4);
  t.is(answer, '005b000000000000 end');
  t.regex(lines.join(), /unresolved identifier: nothing/);
});

const FIVE = "proxySOCKS5('t', (address, port, user) => (console.log(address, port, user), port != 81))";
const LOCKED =
  "proxySOCKS5('t', (address, port, user) => (console.log(address, port, user), true), { authenticate: (user, password) => user == 'ann' && password == 'pw' })";
const GRANTED = '05000001000000000000';

test('SOCKS5: addresses of all kinds (RFC 1928)', (t) => {
  const request = (...rest: (number | string)[]): Buffer => bytes(5, 1, 0, 5, 1, 0, ...rest);
  t.is(talk(FIVE, request(1, 10, 0, 0, 1, 0, 80, 'hi')).answer, `0500${GRANTED}6869 end`);
  t.deepEqual(talk(FIVE, request(3, 6, 'ex.com', 1, 187)).lines, ['ex.com 443 ', 'target ended']);
  t.deepEqual(talk(FIVE, request(4, 32, 1, 13, 184, '\0'.repeat(11), 1, 0, 80)).lines, [
    '2001:db8::1 80 ',
    'target ended',
  ]);
  t.is(talk(FIVE, request(1, 10, 0, 0, 1, 0, 81)).answer, '050005020001000000000000 end', 'not allowed');
  t.is(
    talk(FIVE, bytes(5, 1, 0, 5, 2, 0, 1, 1, 1, 1, 1, 0, 80)).answer,
    '050005070001000000000000 end',
    'BIND',
  );
  t.is(
    talk(FIVE, bytes(5, 1, 0, 5, 1, 0, 9, 1)).answer,
    '050005080001000000000000 end',
    'an unknown address type',
  );
  t.is(talk(FIVE, bytes(5, 1, 2)).answer, '05ff end', 'no acceptable method');
  t.is(talk(FIVE, bytes(4, 1)).answer, ' end', 'another version');
});

test('SOCKS5: user and password (RFC 1929)', (t) => {
  const login = (user: string, password: string): Buffer =>
    bytes(5, 2, 0, 2, 1, user.length, user, password.length, password, 5, 1, 0, 1, 10, 0, 0, 1, 0, 80);
  const right = talk(LOCKED, login('ann', 'pw'));
  t.is(right.answer, `05020100${GRANTED} end`);
  t.deepEqual(right.lines, ['10.0.0.1 80 ann', 'target ended']);
  t.is(talk(LOCKED, login('ann', 'guess')).answer, '05020101 end');
  t.is(talk(LOCKED, bytes(5, 1, 0)).answer, '05ff end');
});

test('every cutting gives the same conversation, whatever the bytes', (t) => {
  const heads = fc.constantFrom(
    HELLO4,
    bytes(5, 1, 0, 5, 1, 0, 3, 3, 'a.b', 0, 80, 'x'),
    bytes(4, 1, 0, 80, 0, 0, 0, 1, 'u', 0, 'host', 0),
    Buffer.alloc(0),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(FOUR, FIVE, LOCKED),
      heads,
      fc.uint8Array({ maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 60 }),
      (call, head, rest, pieces) => {
        const all = Buffer.concat([head, rest]);
        const unify = ({ answer }: { answer: string }): string => answer;
        t.is(unify(talk(call, all, pieces)), unify(talk(call, all)));
      },
    ),
  );
});
