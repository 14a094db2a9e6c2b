import test from 'ava';
import fc from 'fast-check';
import { decodeText, sniffMimeType } from '../../src/records/sniff.ts';

/** Bytes that are UTF-8, nearly so, or not at all. */
const bodies = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('plain text'), Buffer.from('日本')),
    ),
    { maxLength: 4 },
  )
  .chain((parts) => {
    const whole = Buffer.concat(parts);
    return fc.nat({ max: whole.length }).map((end) => whole.subarray(0, end));
  });

test('a body is decoded as a strict decoder of UTF-8 does it', (t) => {
  fc.assert(
    fc.property(bodies, fc.boolean(), (bytes, isCut) => {
      let expected: string | null;
      try {
        expected = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
      } catch {
        expected = null;
      }
      // oxlint-disable-next-line no-control-regex -- what no text has
      if (expected !== null && /[\0-\x07\x0b\x0e-\x1a\x1c-\x1f]/.test(expected)) expected = null;
      return decodeText(bytes, undefined, isCut) === expected;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('what is no UTF-8 is decoded by its charset', (t) => {
  const bytes = Buffer.from('caf\xe9', 'latin1');
  t.is(decodeText(bytes, 'text/plain; charset="ISO-8859-1"', false), 'café');
  t.is(decodeText(bytes, 'text/plain; charset=nonsense', false), null);
  t.is(decodeText(bytes, 'text/plain', false), null);
  t.is(decodeText(Buffer.from('café'), 'text/plain; charset=iso-8859-1', false), 'café');
});

test('the type is told by the content', (t) => {
  const typeOf = (text: string, declared?: string): string | null =>
    sniffMimeType(Buffer.from(text), text, declared);
  t.is(typeOf(' \n{"a":1}'), 'application/json');
  t.is(typeOf('[1]', 'text/html'), 'application/json');
  t.is(typeOf('{}', 'Application/Problem+JSON; charset=utf-8'), 'application/problem+json');
  t.is(typeOf('{}\n{}', 'application/x-ndjson'), 'application/x-ndjson');
  t.is(typeOf('<!DOCTYPE html><p>'), 'text/html');
  t.is(typeOf('<a/>', 'image/svg+xml'), 'image/svg+xml');
  t.is(typeOf('<a/>', 'application/json'), 'application/xml');
  t.is(typeOf('--b\r\nContent-Disposition: form-data; name="a"\r\n'), 'multipart/form-data');
  t.is(typeOf('data: 1\n\n', 'text/event-stream'), 'text/event-stream');
  t.is(typeOf('a=1&b=2'), 'application/x-www-form-urlencoded');
  t.is(typeOf('some words', ' Text/CSV ;header=present'), 'text/csv');
  t.is(typeOf('some words'), 'text/plain');
  t.is(typeOf(''), null);
  t.is(sniffMimeType(Buffer.from('89504e470d0a1a0a00', 'hex'), null, 'text/plain'), 'image/png');
  t.is(sniffMimeType(Buffer.from('00ff', 'hex'), null, 'application/x-own'), 'application/x-own');
  t.is(sniffMimeType(Buffer.from('00ff', 'hex'), null, 'text/plain'), 'application/octet-stream');
});
