import test from 'ava';
import * as fc from 'fast-check';
import { encodeProxyHeader } from '../../../src/codecs/proxy-protocol/encode.ts';
import { crc32c, parseProxyHeader, type ProxyParse } from '../../../src/codecs/proxy-protocol/parse.ts';

const V4 = {
  source: { address: '10.1.2.3', port: 40000 },
  destination: { address: '192.168.0.1', port: 443 },
};
const V6 = { source: { address: '2001:db8::1', port: 1 }, destination: { address: '::1', port: 65535 } };

/** As a connection reads it: byte by byte, the first answer that is not `more`. */
function inPieces(bytes: Buffer, pieces: readonly number[]): ProxyParse {
  let end = 0;
  for (const piece of [...pieces, bytes.length]) {
    end = Math.min(bytes.length, end + piece);
    const parsed = parseProxyHeader(bytes.subarray(0, end));
    if (parsed.kind !== 'more') return parsed;
  }
  return { kind: 'more' };
}

test('version 1 as the specification writes it', (t) => {
  const line = 'PROXY TCP4 10.1.2.3 192.168.0.1 40000 443\r\n';
  t.is(encodeProxyHeader(1, V4).toString(), line);
  t.deepEqual(parseProxyHeader(Buffer.from(`${line}GET /`)), {
    kind: 'header',
    header: V4,
    length: line.length,
  });
  t.is(parseProxyHeader(Buffer.from('PROXY UNKNOWN ffff::1 x 1 2\r\n')).kind, 'header');
});

test('both versions and both families come back as they were, however they are cut', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom<1 | 2>(1, 2),
      fc.constantFrom(V4, V6, { source: null, destination: null }),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }),
      (version, header, rest, pieces) => {
        const encoded = encodeProxyHeader(version, header);
        const parsed = inPieces(Buffer.concat([encoded, rest]), pieces);
        t.deepEqual(parsed, { kind: 'header', header, length: encoded.length });
      },
    ),
  );
});

test('what is not exactly right is refused', (t) => {
  const lines = [
    'GET / HTTP/1.1\r\n',
    'PROXY TCP4 10.1.2.3 192.168.0.1 40000\r\n',
    'PROXY TCP4 10.1.2.3 192.168.0.1 40000 65536\r\n',
    'PROXY TCP4 10.1.2.3 192.168.0.1 040 443\r\n',
    'PROXY TCP4 10.1.2.300 192.168.0.1 40000 443\r\n',
    'PROXY TCP4 ::1 ::1 40000 443\r\n',
    'PROXY TCP6 10.1.2.3 ::1 40000 443\r\n',
    'PROXY  TCP4 10.1.2.3 192.168.0.1 40000 443\r\n',
    'PROXY UDP4 10.1.2.3 192.168.0.1 40000 443\r\n',
    `PROXY TCP4 ${'1'.repeat(200)}`,
    'PRIXY',
  ];
  for (const line of lines) t.is(parseProxyHeader(Buffer.from(line)).kind, 'bad', line);
  const header = encodeProxyHeader(2, V4);
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(header);
    copy[at] = value;
    return copy;
  };
  t.is(parseProxyHeader(changed(12, 0x11)).kind, 'bad', 'version 1 in the form of 2');
  t.is(parseProxyHeader(changed(12, 0x22)).kind, 'bad', 'an unknown command');
  t.is(parseProxyHeader(changed(13, 0x41)).kind, 'bad', 'an unknown family');
  t.is(parseProxyHeader(changed(14, 0xff)).kind, 'bad', 'too long');
  t.is(parseProxyHeader(changed(15, 5)).kind, 'bad', 'too short for its addresses');
  t.is(parseProxyHeader(changed(3, 0)).kind, 'bad', 'a broken signature');
});

test('fields after the addresses are skipped; a checksum must be right', (t) => {
  t.is(crc32c(Buffer.from('123456789')), 0xe3069283);
  const header = encodeProxyHeader(2, V4);
  const withFields = (...fields: Buffer[]): Buffer => {
    const all = Buffer.concat([header, ...fields]);
    all.writeUInt16BE(all.length - 16, 14);
    return all;
  };
  t.is(parseProxyHeader(withFields(Buffer.from([0xea, 0, 2, 1, 2]))).kind, 'header');
  t.is(parseProxyHeader(withFields(Buffer.from([0xea, 0, 9, 1, 2]))).kind, 'bad');
  const summed = withFields(Buffer.from([3, 0, 4, 0, 0, 0, 0]));
  t.is(parseProxyHeader(summed).kind, 'bad');
  summed.writeUInt32BE(crc32c(summed), summed.length - 4);
  t.is(parseProxyHeader(summed).kind, 'header');
});

test('no bytes make it throw, and every cutting gives the same refusal', (t) => {
  const begins = fc.constantFrom('PROXY TCP4 ', '\r\n\r\n\0\r\nQUIT\n', '');
  fc.assert(
    fc.property(begins, fc.uint8Array({ maxLength: 200 }), (begin, bytes) => {
      const all = Buffer.concat([Buffer.from(begin, 'latin1'), bytes]);
      const whole = parseProxyHeader(all);
      const byByte = inPieces(
        all,
        Array.from({ length: all.length }, () => 1),
      );
      t.is(byByte.kind, whole.kind);
    }),
  );
});
