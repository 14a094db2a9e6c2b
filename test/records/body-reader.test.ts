import { gzipSync } from 'node:zlib';
import test from 'ava';
import { GatewayAnswer } from '../../src/codecs/http1/gateway-answer.ts';
import { RequestHead, ResponseHead } from '../../src/codecs/http1/head.ts';
import { BodyCapture } from '../../src/records/body-capture.ts';
import { BodyReader } from '../../src/records/body-reader.ts';
import { ByteBudget } from '../../src/records/byte-budget.ts';
import { SecretNames } from '../../src/records/redaction/secret-names.ts';

const reader = new BodyReader({
  names: new SecretNames({ headers: [], keys: [] }),
  maxBytes: 1000,
  hash: (bytes) => `hash of ${bytes.length}`,
});

function captured(bytes: Buffer, maxBytes = 1000): BodyCapture {
  const capture = new BodyCapture(maxBytes, new ByteBudget(10_000));
  capture.push(bytes);
  return capture;
}

const request = (...rawHeaders: string[]): RequestHead =>
  new RequestHead('POST', '/', 'HTTP/1.1', rawHeaders);

test('text is shown without its secrets', (t) => {
  const head = request('Host', 'x', 'CONTENT-TYPE', 'application/vnd.a+json');
  t.deepEqual(reader.read(captured(Buffer.from('{"pin":"1234","n":1}')), head), {
    mimeType: 'application/vnd.a+json',
    content: '{"pin":"REDACTED","n":1}',
    hash: null,
    isTruncated: false,
    dropped: null,
    decodeError: null,
    redactedCount: 1,
  });
});

test('a content coding is removed, in any case of its field', (t) => {
  const zipped = gzipSync('{"n":1}');
  t.is(reader.read(captured(zipped), request('content-ENCODING', 'gzip'))?.content, '{"n":1}');
  const odd = reader.read(captured(Buffer.from('{"n":1}')), request('Content-Encoding', 'own'));
  t.is(odd?.decodeError, 'unknown content coding own');
  // Another field of the same length is not mistaken for it.
  t.is(
    reader.read(captured(Buffer.from('{"n":1}')), request('content-elephant', 'gzip'))?.content,
    '{"n":1}',
  );
});

test('a part of a body is shown by its hash only', (t) => {
  const body = captured(Buffer.from('{"n":1}'));
  t.is(reader.read(body, request('Content-Range', 'bytes 7-13/20'))?.hash, 'hash of 7');
  t.is(reader.read(body, new ResponseHead('HTTP/1.1', 206, 'Partial Content', []))?.content, null);
});

test('what is not kept is told with its reason', (t) => {
  t.is(reader.read(captured(Buffer.alloc(0)), null), null);
  t.is(reader.read(captured(Buffer.from('x'), 0), null)?.dropped, 'capture-limit');
  const leftOut = captured(Buffer.from('x'));
  leftOut.leaveOut();
  t.is(reader.read(leftOut, null)?.dropped, 'capture-rule');
  const capture = new BodyCapture(10, new ByteBudget(1));
  capture.push(Buffer.from('xyz'));
  t.is(reader.read(capture, null)?.dropped, 'capture-budget');
});

test('a body without a head, or of the gateway itself, is read', (t) => {
  t.is(reader.read(captured(Buffer.from('words')), null)?.content, 'words');
  const answer = new GatewayAnswer(502, 'connection-refused', 'no server', false);
  t.is(reader.read(captured(Buffer.from('words'), 3), answer)?.isTruncated, true);
});
