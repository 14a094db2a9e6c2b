import test from 'ava';
import { AdminSessions } from '../../src/admin/admin-sessions.ts';

const TOKEN = 'correct-horse-battery';
const CLIENT = '10.0.0.1';

function cookieOf(setCookie: string): string {
  return setCookie.split(';')[0]!;
}

test('the token opens a session, whose cookie no script can read and no other page can send', (t) => {
  const sessions = new AdminSessions(` ${TOKEN}\n`);
  sessions.boundTo(8001);
  t.is(sessions.open('wrong', '10.0.0.1'), null);
  const given = sessions.open(TOKEN, CLIENT)!;
  t.regex(given, /^tapline-8001=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  t.false(given.includes(TOKEN));
  t.true(sessions.isOpen(`a=b; ${cookieOf(given)}; c=d`, CLIENT));
  t.false(sessions.isOpen(cookieOf(given).replace('tapline-8001', 'tapline-8002'), CLIENT));
  t.false(sessions.isOpen('tapline-8001=', CLIENT));
  t.false(sessions.isOpen(undefined, CLIENT));
  t.regex(sessions.close(cookieOf(given)), /^tapline-8001=; .*Max-Age=0$/);
  t.false(sessions.isOpen(cookieOf(given), CLIENT));
});

test('the cookie is of no use to the servers that a browser shows it to', (t) => {
  const sessions = new AdminSessions(TOKEN);
  const cookie = cookieOf(sessions.open(TOKEN, CLIENT)!);
  t.false(sessions.isOpen(cookie, '10.0.0.2'));
  t.true(sessions.isOpen(cookie, CLIENT), 'nor does their trying end it');
  const overIpv6 = cookieOf(sessions.open(TOKEN, '2001:db8:1:2:a::1')!);
  t.true(sessions.isOpen(overIpv6, '2001:db8:1:2:b::7'), 'addresses change within a network');
  t.false(sessions.isOpen(overIpv6, '2001:db8:1:3:a::1'));
});

test('a session ends when it is not used', (t) => {
  let now = 0;
  const sessions = new AdminSessions(TOKEN, () => now);
  const cookie = cookieOf(sessions.open(TOKEN, CLIENT)!);
  now += 11 * 3_600_000;
  t.true(sessions.isOpen(cookie, CLIENT));
  now += 11 * 3_600_000;
  t.true(sessions.isOpen(cookie, CLIENT), 'it was used in between');
  now += 13 * 3_600_000;
  t.false(sessions.isOpen(cookie, CLIENT));
});

test('sessions are bounded: the one that was not used for the longest time ends', (t) => {
  const sessions = new AdminSessions(TOKEN);
  const cookies = Array.from({ length: 64 }, () => cookieOf(sessions.open(TOKEN, CLIENT)!));
  t.true(sessions.isOpen(cookies[0], CLIENT));
  const last = cookieOf(sessions.open(TOKEN, CLIENT)!);
  t.true(sessions.isOpen(last, CLIENT));
  t.true(sessions.isOpen(cookies[0], CLIENT));
  t.false(sessions.isOpen(cookies[1], CLIENT));
});

test('guessing is slowed down', (t) => {
  let now = 0;
  const sessions = new AdminSessions(TOKEN, () => now);
  for (let turn = 0; turn < 20; turn++) {
    t.false(sessions.isGuessed('10.0.0.1'));
    if (turn % 2 === 0) sessions.open(`wrong ${turn}`, '10.0.0.1');
    else sessions.isToken(`wrong ${turn}`, '10.0.0.1');
  }
  t.true(sessions.isGuessed('10.0.0.1'));
  t.false(sessions.isGuessed('10.0.0.2'), 'who guesses keeps nobody else out');
  now += 61_000;
  t.false(sessions.isGuessed('10.0.0.1'));
});

test('a network of IPv6 guesses as one', (t) => {
  const sessions = new AdminSessions(TOKEN);
  const addresses = ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8::a:b:c:d', '2001:db8:0:0:1:2:3:4'];
  for (let turn = 0; turn < 20; turn++) sessions.open(`wrong ${turn}`, addresses[turn % addresses.length]!);
  t.true(sessions.isGuessed('2001:db8::5'));
  t.false(sessions.isGuessed('2001:db8:0:1::5'));
  t.false(sessions.isGuessed('::1'));
});

test('a cookie that another server has put in front does not end a session', (t) => {
  const sessions = new AdminSessions(TOKEN);
  sessions.boundTo(8001);
  const cookie = cookieOf(sessions.open(TOKEN, CLIENT)!);
  t.true(sessions.isOpen(`tapline-8001=planted; ${cookie}`, CLIENT));
  sessions.close(`tapline-8001=planted; ${cookie}`);
  t.false(sessions.isOpen(cookie, CLIENT));
});

test('a token that could be guessed is refused', (t) => {
  for (const token of ['', '  \n', 'short', 'two words that are long enough'])
    t.throws(() => new AdminSessions(token), { message: /16 characters/ });
});
