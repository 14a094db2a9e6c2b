import test from 'ava';
import fc from 'fast-check';
import { RequestHead } from '../../src/codecs/http1/head.ts';
import { Data } from '../../src/core/data.ts';
import { type Event, SessionEnd } from '../../src/core/event.ts';
import { loadTestProgram, openSession, TEST_INBOUND } from '../support/program.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ALL = ['traceparent', 'x-request-id', 'forwarded', 'x-forwarded-for'];

interface Seen {
  /** What the server gets. */
  readonly text: string;
  readonly heads: RequestHead[];
  readonly events: Event[];
}

/** What comes out behind the inspector and the injector for these pieces of a connection. */
function through(options: object, pieces: readonly string[], remoteAddress = '192.0.2.7'): Seen {
  const loaded = loadTestProgram(
    `pipy().listen(1).inspectHttpRequest().injectRequestHeaders(${JSON.stringify(options)})`,
  );
  const running = openSession(loaded, { inbound: { ...TEST_INBOUND, remoteAddress } });
  for (const piece of pieces)
    running.session.input(new Data(Buffer.from(piece, 'latin1').toString('hex'), 'hex'));
  const events = [...running.out];
  running.session.release(new SessionEnd());
  return {
    text: events.map((event) => (event.kind === 'data' ? event.bytes().toString('latin1') : '')).join(''),
    heads: events.flatMap((event) =>
      event.kind === 'message-start' && event.head instanceof RequestHead ? [event.head] : [],
    ),
    events,
  };
}

const one = (field: string, lines: string, more: object = {}, peer?: string): string =>
  through({ fields: [field], ...more }, [`GET / HTTP/1.1\r\nHost: x\r\n${lines}\r\n`], peer).text.slice(
    'GET / HTTP/1.1\r\nHost: x\r\n'.length,
    -2,
  );

test('traceparent: a valid one is continued in its place, another is replaced', (t) => {
  t.regex(
    one(
      'traceparent',
      `TraceParent:00-${TRACE}-${SPAN}-00\r\ntracestate: a=1\r\ntracestate: b=2\r\nX: y\r\n`,
    ),
    new RegExp(
      `^TraceParent: 00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-00\r\ntracestate: a=1\r\ntracestate: b=2\r\nX: y\r\n$`,
    ),
  );
  const fresh = /^(?:X: y\r\n)?traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-03\r\n$/;
  t.regex(one('traceparent', 'X: y\r\n'), fresh);
  t.regex(one('traceparent', 'tracestate: a=1\r\n'), fresh, 'a state without its trace is dropped');
  t.regex(one('traceparent', 'traceparent: 00-0-0-0\r\ntracestate: a=1\r\n'), fresh);
  const twice = `traceparent: 00-${TRACE}-${SPAN}-01\r\n`.repeat(2);
  t.regex(one('traceparent', twice), fresh, 'two are none');
  t.notRegex(one('traceparent', twice), new RegExp(TRACE));
  t.regex(one('traceparent', '', { sampled: false }), /-02\r\n$/);
});

test('x-request-id: a sane one is kept as it came, another is replaced', (t) => {
  t.is(one('x-request-id', 'x-REQUEST-id:  abc/1 \r\n'), 'x-REQUEST-id:  abc/1 \r\n');
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
  for (const bad of ['', ' ', 'a b', '\xe9', 'x'.repeat(129), 'a\r\nX-Request-Id: b'])
    t.regex(one('x-request-id', `X-Request-Id: ${bad}\r\n`), new RegExp(`^X-Request-Id: ${uuid}\r\n$`), bad);
});

test('x-forwarded-for: a trusted peer is believed, another is not', (t) => {
  const trust = { trustedProxies: ['10.0.0.0/8'] };
  t.is(one('x-forwarded-for', ''), 'X-Forwarded-For: 192.0.2.7\r\n');
  t.is(
    one('x-forwarded-for', 'x-forwarded-for: 6.6.6.6\r\nA: b\r\n', trust),
    'x-forwarded-for: 192.0.2.7\r\nA: b\r\n',
  );
  t.is(
    one(
      'x-forwarded-for',
      'A: b\r\nX-Forwarded-For: 6.6.6.6,7.7.7.7\r\nC: d\r\nx-forwarded-for: 8.8.8.8\r\n',
      trust,
      '10.0.0.1',
    ),
    'A: b\r\nX-Forwarded-For: 6.6.6.6, 7.7.7.7, 8.8.8.8, 10.0.0.1\r\nC: d\r\n',
    'lines of one name are joined in their order',
  );
  t.is(one('x-forwarded-for', '', {}, '2001:db8::1'), 'X-Forwarded-For: 2001:db8::1\r\n');
  t.is(one('x-forwarded-for', '', {}, ''), 'X-Forwarded-For: unknown\r\n');
});

test('forwarded: quoted where it must be', (t) => {
  const trust = { trustedProxies: ['10.0.0.0/8', '2001:db8::/32'] };
  t.is(one('forwarded', ''), 'Forwarded: for=192.0.2.7;host=x;proto=http\r\n');
  t.is(
    one('forwarded', '', { proto: 'https' }, '2001:db8::1'),
    'Forwarded: for="[2001:db8::1]";host=x;proto=https\r\n',
  );
  t.is(
    one('forwarded', 'Forwarded: for=6.6.6.6;by="a,b"\r\nforwarded: For="[::1]:80"\r\n', trust, '10.0.0.1'),
    'Forwarded: for=6.6.6.6;by="a,b", For="[::1]:80", for=10.0.0.1;host=x;proto=http\r\n',
  );
  t.is(
    one('forwarded', 'Forwarded: for="6.6.6.6\r\n', trust, '10.0.0.1'),
    'Forwarded: for=10.0.0.1;host=x;proto=http\r\n',
    'an open quote would swallow what follows',
  );
  const old = through({ fields: ['forwarded'] }, ['GET / HTTP/1.0\r\n\r\n']).text;
  t.is(old, 'GET / HTTP/1.0\r\nForwarded: for=192.0.2.7;proto=http\r\n\r\n', 'HTTP/1.0 without a host');
  const port = through({ fields: ['forwarded'] }, ['GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n']).text;
  t.true(port.includes('host="[::1]:80"'));
});

test('the client cannot have the fields dropped on the way, or disguise its own', (t) => {
  t.is(
    one('x-forwarded-for', 'Connection: close, X-Forwarded-For\r\nX_Forwarded_For: 6.6.6.6\r\n'),
    'Connection: close\r\nX-Forwarded-For: 192.0.2.7\r\n',
  );
  t.is(one('x-forwarded-for', 'connection:x-forwarded-for\r\n'), 'X-Forwarded-For: 192.0.2.7\r\n');
  t.is(
    one('x-request-id', 'X-Request-Id: a\r\nX_Request-Id: b\r\nConnection: close\r\n'),
    'X-Request-Id: a\r\nConnection: close\r\n',
  );
});

test('a list of 64 KiB loses its oldest entries and stays within a line', (t) => {
  const lines = Array.from(
    { length: 9 },
    () => `X-Forwarded-For: ${'203.0.113.7, '.repeat(540)}1.1.1.1\r\n`,
  ).join('');
  for (const field of ['x-forwarded-for', 'forwarded']) {
    const given =
      field === 'forwarded'
        ? lines.replaceAll('X-Forwarded-For', 'Forwarded').replaceAll('203.0.113.7', 'for=1.1.1')
        : lines;
    const began = performance.now();
    const { text, heads } = through({ fields: [field], trustedProxies: ['192.0.2.0/24'] }, [
      `GET / HTTP/1.1\r\nHost: x\r\n${given}\r\n`,
    ]);
    t.true(performance.now() - began < 1000);
    const line = text.split('\r\n').find((one) => one.toLowerCase().startsWith(field))!;
    t.true(line.length <= 8192, `${line.length}`);
    t.regex(line, /192\.0\.2\.7/);
    t.deepEqual(heads[0]!.injected!.removed, [field]);
  }
});

test('the head keeps what the client sent, and is told what was added', (t) => {
  const { heads } = through({ fields: ALL }, [
    `GET / HTTP/1.1\r\nHost: x\r\ntraceparent: 00-${TRACE}-${SPAN}-01\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n`,
  ]);
  const [head] = heads;
  t.is(head!.header('x-forwarded-for'), '6.6.6.6');
  t.is(head!.header('x-request-id'), undefined);
  const injected = head!.injected!;
  t.is(injected.trace!.traceId, TRACE);
  t.is(injected.trace!.parentId, SPAN);
  t.is(injected.added['traceparent'], `00-${TRACE}-${injected.trace!.spanId}-01`);
  t.is(injected.added['x-forwarded-for'], '192.0.2.7');
  t.is(injected.requestId, injected.recordId);
  t.deepEqual(injected.removed, ['x-forwarded-for']);
});

test('options that are wrong fail the load; without fields there is no filter', (t) => {
  t.throws(() => through({ fields: ['x-real-ip'] }, []), { message: /fields expects .*got "x-real-ip"/ });
  t.throws(() => through({ fields: ['forwarded'], trustedProxies: ['10.0.0.0/99'] }, []), {
    message: /10\.0\.0\.0\/99/,
  });
  const { program } = loadTestProgram('pipy().listen(1).injectRequestHeaders({ fields: [] })');
  t.is(program.listens[0]!.layout.filters.length, 0);
});

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((c) => c !== 0x7f)
    .map((c) => String.fromCharCode(c)),
  maxLength: 30,
});
const clientField = fc.oneof(
  fc.tuple(
    token.filter(
      (name) =>
        !/^(?:content-length|transfer-encoding|host|connection|expect|upgrade|http2-settings)$/i.test(
          name.replaceAll('_', '-'),
        ),
    ),
    value,
  ),
  fc.tuple(
    fc.constantFrom(
      'traceparent',
      'TraceState',
      'X-Request-ID',
      'x-forwarded-for',
      'Forwarded',
      'X_Forwarded_For',
    ),
    value,
  ),
);
const EDITED = /^(?:traceparent|tracestate|x-request-id|x-forwarded-for|forwarded)$/;
const request = fc.record({
  fields: fc.array(clientField, { maxLength: 6 }),
  body: fc.constantFrom(
    '',
    'Content-Length: 5\r\n\r\nhello',
    'Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n',
  ),
});

test('any cutting, any fields, any injection: original bytes and added lines, nothing else', (t) => {
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 4 }),
      fc.subarray(ALL),
      fc.array(fc.nat(2000), { maxLength: 6 }),
      fc.boolean(),
      (requests, fields, cuts, isTrusted) => {
        const lines = requests.map(({ fields: own }) => own.map(([name, text]) => `${name}: ${text}\r\n`));
        const texts = requests.map(
          ({ body }, index) =>
            `POST /${index} HTTP/1.1\r\nHost: x\r\n${lines[index]!.join('')}${body === '' ? '\r\n' : body}`,
        );
        const text = texts.join('');
        const places = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
        const options = { fields, trustedProxies: isTrusted ? ['192.0.2.0/24'] : [] };
        const { text: got, heads } = through(options, pieces);
        t.is(heads.length, requests.length);
        t.is(got, through(options, [text]).text, 'the cutting does not matter');
        const asked = new Set(fields.includes('traceparent') ? [...fields, 'tracestate'] : fields);
        // Without the lines of the fields that were asked for, both are the same.
        const rest = (all: string): string =>
          all.replaceAll(/^([^\r\n: ]+):[^\r\n]*\r\n/gm, (line: string, name: string) => {
            const known = name.toLowerCase().replaceAll('_', '-');
            return asked.has(known) && EDITED.test(known) ? '' : line;
          });
        t.is(rest(got), rest(text));
        const count = (name: string): number =>
          got.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}:`)).length;
        for (const field of fields) t.is(count(field), requests.length, `each request has one ${field}`);
        if (fields.length === 0) t.is(got, text);
      },
    ),
    { numRuns: 300 },
  );
});

test('a tunnel and the bytes of bodies pass untouched', (t) => {
  const { events } = through({ fields: ALL }, [
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\nGET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n'.padEnd(
      120,
      '.',
    ),
  ]);
  const body = events
    .filter((event) => event.kind === 'data' && event.part === 'body')
    .map(String)
    .join('');
  t.true(body.startsWith('GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n'));
});
