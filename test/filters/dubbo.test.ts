import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

const FRAME = Buffer.from('dabbc200000000000000000500000003616263', 'hex');

function decode(bytes: Buffer, pieces: readonly number[] = []): { heads: object[]; text: string } {
  const running = openSession(loadTestProgram('pipy().listen(1).decodeDubbo()'));
  let at = 0;
  for (const piece of [...pieces, bytes.length]) {
    if (at >= bytes.length) break;
    running.session.input(Data.of(bytes.subarray(at, at + piece)));
    at += piece;
  }
  const heads = running.out.flatMap((event) => (event.kind === 'message-start' ? [event.head!] : []));
  return { heads, text: running.text() };
}

function encode(call: string, events: readonly Event[]): string {
  const running = openSession(loadTestProgram(`pipy().listen(1).${call}`));
  for (const event of events) running.session.input(event);
  const ends = running.out
    .filter(({ kind }) => kind === 'session-end')
    .map((event) => ` ${(event as SessionEnd).error}`);
  return (
    Buffer.concat(running.out.flatMap((event) => (event.kind === 'data' ? event.views : []))).toString(
      'hex',
    ) + ends.join('')
  );
}

test('18: a frame is decoded and encoded to the same bytes', (t) => {
  const { heads, text } = decode(FRAME);
  t.deepEqual(heads, [{ id: '5', status: 0, isRequest: true, isTwoWay: true, isEvent: false }]);
  t.is(text, '<start>abc<end>');
  const running = openSession(loadTestProgram('pipy().listen(1).decodeDubbo().encodeDubbo()'));
  running.session.input(Data.of(FRAME));
  t.is(
    Buffer.concat(running.out.flatMap((event) => (event.kind === 'data' ? event.views : []))).toString('hex'),
    FRAME.toString('hex'),
  );
  t.deepEqual((running.out[0] as MessageStart).head, heads[0], 'the head stays on the MessageStart');
});

test('heads have a default for each field; ids of 64 bits stay whole', (t) => {
  const body = [new MessageStart(), new Data('x'), new MessageEnd()];
  t.is(
    encode('encodeDubbo()', [...body, ...body]),
    'dabbc20000000000000000000000000178dabbc20000000000000000010000000178',
  );
  t.is(encode('encodeDubbo({ id: 7 })', body), 'dabbc20000000000000000070000000178');
  t.is(
    encode(
      "encodeDubbo(() => ({ id: '-9223372036854775808', status: 20, isRequest: false, isTwoWay: false, isEvent: true }))",
      body,
    ),
    'dabb221480000000000000000000000178',
  );
  t.is(encode("encodeDubbo({ id: 'x' })", body), ' RuntimeError');
  t.is(encode('encodeDubbo({ status: 300 })', body), ' RuntimeError');
});

test('what is no Dubbo, or too large, ends the session', (t) => {
  t.is(decode(Buffer.concat([FRAME, Buffer.from('GET /')])).text, '<start>abc<end><session end ReadError>');
  const huge = Buffer.from(FRAME);
  huge.writeUInt32BE(0xffffffff, 12);
  t.is(decode(huge).text, '<session end ReadError>');
  t.is(decode(Buffer.alloc(0)).text, '');
});

test('every cutting gives the same, whatever the bytes', (t) => {
  const part = fc.oneof(
    fc.constant(FRAME),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 40 }),
      (parts, pieces) => {
        const bytes = Buffer.concat(parts);
        t.deepEqual(decode(bytes, pieces), decode(bytes));
      },
    ),
  );
});
