import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { Flow } from '../../src/core/flow.ts';
import type { Dialer, DialListener } from '../../src/core/ports.ts';
import { Stream } from '../../src/core/stream.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const BAD = 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n';
const HALF = 'GET /half HTTP/1.1\r\nHo';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A pair of inspectors with a client and an upstream in the test's hands. */
function inspecting(): {
  source: Flow;
  forwarded: () => string;
  text: () => string;
  client: (text: string) => void;
  upstream: (text: string) => void;
  pass: (ms: number) => void;
} {
  let listener: DialListener | null = null;
  let forwarded = '';
  const dialer: Dialer = {
    dial(_target, _options, told) {
      listener = told;
      return {
        sending: new Flow(),
        reading: new Flow(),
        write: (bytes) => void (forwarded += bytes.toString()),
        flush: () => {},
        end: () => {},
        destroy: () => {},
      };
    },
  };
  const loaded = loadTestProgram(
    "pipy().listen(1).inspectHttpRequest({ headerTimeout: '1s' }).connect('u:1').inspectHttpResponse()",
    { dialer },
  );
  const source = new Flow();
  const running = openSession(loaded, { stream: new Stream(source, new Flow()) });
  return {
    source,
    forwarded: () => forwarded,
    text: () => running.text(),
    client: (text) => running.session.input(new Data(text)),
    upstream: (text) => listener!.onBytes(Buffer.from(text)),
    pass: (ms) => loaded.clock.pass(ms),
  };
}

test('an upgrade that is refused lets the client go on', (t) => {
  const { source, client, upstream, forwarded } = inspecting();
  client(UPGRADE + GET);
  t.true(source.isHeld);
  t.is(forwarded(), UPGRADE);
  upstream(OK);
  t.false(source.isHeld);
  t.is(forwarded(), UPGRADE + GET);
});

test('a bad request behind a refused upgrade: the client is not read while the one between is answered', (t) => {
  const { source, client, upstream, text } = inspecting();
  client(UPGRADE + GET + BAD);
  upstream(OK);
  t.true(source.isHeld, 'what came now would be thrown away uncounted');
  upstream(OK);
  t.regex(text(), /HTTP\/1\.1 400 [^]*<session end >$/);
});

test('an upgrade behind a refused upgrade: what follows it waits with the client', (t) => {
  const { source, client, upstream, forwarded } = inspecting();
  client(UPGRADE + UPGRADE + GET);
  upstream(OK);
  t.is(forwarded(), UPGRADE + UPGRADE);
  t.true(source.isHeld);
  upstream(OK);
  t.is(forwarded(), UPGRADE + UPGRADE + GET);
  t.false(source.isHeld);
});

test('so many requests behind a refused upgrade that their answers are waited for', (t) => {
  const { source, client, upstream } = inspecting();
  client(UPGRADE + GET.repeat(300));
  upstream(OK);
  t.true(source.isHeld);
  upstream(OK.repeat(200));
  t.false(source.isHeld);
});

test('half a head behind a refused upgrade has the time of a head from then on', (t) => {
  const { client, upstream, pass, text } = inspecting();
  client(UPGRADE + HALF);
  pass(5000);
  upstream(OK);
  pass(900);
  t.notRegex(text(), /408/);
  pass(200);
  t.regex(text(), /HTTP\/1\.1 408 /);
});

test('a head that waits for room is not late', (t) => {
  const { client, upstream, pass, text, source } = inspecting();
  client(GET.repeat(256) + HALF);
  t.true(source.isHeld);
  pass(5000);
  t.is(text(), '');
  upstream(OK.repeat(255));
  client('st: x\r\n\r\n');
  upstream(OK.repeat(2));
  t.is(text().split('HTTP/1.1 200').length, 258);
});

test('a blank line in two pieces neither uses up the time of the head behind it nor switches it off', (t) => {
  const { client, pass, text } = inspecting();
  client('\r');
  pass(900);
  client('\n');
  pass(5000);
  client(HALF);
  pass(900);
  t.is(text(), '');
  pass(200);
  t.regex(text(), /HTTP\/1\.1 408 /);
});
