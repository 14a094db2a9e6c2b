import test from 'ava';
import fc from 'fast-check';
import type { RequestHead, ResponseHead } from '../../../src/codecs/http1/head.ts';
import { RequestParser } from '../../../src/codecs/http1/request-parser.ts';
import { ResponseParser } from '../../../src/codecs/http1/response-parser.ts';

interface Seen {
  /** What was found, without where it was cut. */
  events: string[];
  /** All bytes handed on, in order. */
  bytes: Buffer;
  held: Buffer;
}

/** Feeds the pieces and notes what the parser says. */
function parse(
  kind: 'request' | 'response',
  pieces: readonly Buffer[],
  methods: readonly string[] = [],
): Seen {
  const events: string[] = [];
  const handed: Buffer[] = [];
  const held: Buffer[] = [];
  let last = '';
  let answered = 0;
  const part = (name: string, view: Buffer): void => {
    handed.push(view);
    const text = view.toString('latin1');
    if (last === name) events[events.length - 1] += text;
    else events.push(`${name} ${text}`);
    last = name;
  };
  const note = (text: string): void => {
    events.push(text);
    last = '';
  };
  const sink = {
    onHead(head: RequestHead | ResponseHead) {
      handed.push(head.raw!);
      note(
        `head ${'method' in head ? `${head.method} ${head.path}` : head.status} ${JSON.stringify(head.headers)}`,
      );
    },
    onBody: (view: Buffer) => part('body', view),
    onFraming: (view: Buffer) => part('framing', view),
    onEnd: () => {
      answered++;
      note('end');
    },
    onError(error: { code: string; status: number }, rest: Buffer[]) {
      held.push(...rest);
      note(`error ${error.status} ${error.code}`);
    },
    onInterim(head: ResponseHead) {
      handed.push(head.raw!);
      note(`interim ${head.status}`);
    },
    request: () =>
      answered < methods.length
        ? { method: methods[answered]!, isUpgrade: methods[answered] === 'UPGRADE' }
        : null,
  };
  const parser = kind === 'request' ? new RequestParser(sink) : new ResponseParser(sink);
  for (const piece of pieces) {
    if (parser.state === 'failed') held.push(piece);
    else parser.push(piece);
  }
  if (parser instanceof ResponseParser) parser.end();
  held.push(...parser.takeHeld());
  return { events, bytes: Buffer.concat(handed), held: Buffer.concat(held) };
}

function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const sorted = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

const REQUESTS: Record<string, string> = {
  'plain and pipelined':
    'GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nhost: x\r\nContent-Length: 5\r\n\r\nhelloGET /c HTTP/1.0\r\n\r\n',
  chunked:
    'PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n5;a="b"\r\nhello\r\n00a\r\n0123456789\r\n0\r\nT: 1\r\nU: 2\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'blank lines before': '\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n',
  'empty values and high bytes': 'GET /a HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-High: \xe9\xff\r\n\r\n',
  'a bad chunk': 'PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n',
  'a bad second request': 'GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET  /b HTTP/1.1\r\nHost: x\r\n\r\n',
  'half a request': 'GET /a HTTP/1.1\r\nHost: x\r\nX-Half: a',
};

const RESPONSES: Record<string, [string, string[]]> = {
  'with length': [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304\r\nContent-Length: 9\r\n\r\n',
    ['GET', 'GET', 'GET'],
  ],
  'to HEAD': [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ['HEAD', 'GET'],
  ],
  interim: [
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    ['POST'],
  ],
  'until the end': ['HTTP/1.0 200 OK\r\n\r\nall of this\r\nis body', ['GET']],
  chunked: ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n', ['GET']],
  'cut in its body': ['HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello', ['GET']],
  unasked: ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', ['GET']],
  'no status line': ['SSH-2.0-OpenSSH\r\n\r\n', ['GET']],
};

for (const [name, text] of Object.entries(REQUESTS))
  test(`requests, ${name}: every cutting gives the same, and no byte is lost`, (t) => {
    const whole = parse('request', [Buffer.from(text, 'latin1')]);
    t.snapshot(whole.events);
    for (let place = 0; place <= text.length; place++)
      t.deepEqual(parse('request', cut(text, [place])).events, whole.events, `${place}`);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (places) => {
        const seen = parse('request', cut(text, places));
        t.deepEqual(seen.events, whole.events);
        t.is(Buffer.concat([seen.bytes, seen.held]).toString('latin1'), text);
      }),
    );
  });

for (const [name, [text, methods]] of Object.entries(RESPONSES))
  test(`responses, ${name}: every cutting gives the same, and no byte is lost`, (t) => {
    const whole = parse('response', [Buffer.from(text, 'latin1')], methods);
    t.snapshot(whole.events);
    for (let place = 0; place <= text.length; place++)
      t.deepEqual(parse('response', cut(text, [place]), methods).events, whole.events, `${place}`);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (places) => {
        const seen = parse('response', cut(text, places), methods);
        t.deepEqual(seen.events, whole.events);
        t.is(Buffer.concat([seen.bytes, seen.held]).toString('latin1'), text);
      }),
    );
  });

test('garbage never throws, and no byte of it is lost', (t) => {
  const words = [
    'GET ',
    '/ ',
    'HTTP/1.1',
    '\r\n',
    '\n',
    '\r',
    'Content-Length: 3',
    'Transfer-Encoding: chunked',
    ':',
    ' ',
    '\0',
    '0',
    'ff',
    ';',
    'Host: x\r\n',
    '\r\n\r\n',
    'HTTP/1.1 200 OK',
  ];
  for (const kind of ['request', 'response'] as const)
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary-ascii', maxLength: 5 })), {
          maxLength: 30,
        }),
        (parts) => {
          const pieces = parts.map((part) => Buffer.from(part, 'latin1'));
          const seen = parse(kind, pieces, ['GET', 'HEAD', 'POST']);
          return Buffer.concat([seen.bytes, seen.held]).equals(Buffer.concat(pieces));
        },
      ),
      { numRuns: 2000 },
    );
  t.pass();
});
