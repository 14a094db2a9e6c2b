import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { MessageEnd, MessageStart } from '../../src/core/event.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

const SCRIPT = "pipy().listen(1).decompressMessageBody('inflate')";

function inflated(body: Buffer): string {
  const running = openSession(loadTestProgram(SCRIPT));
  running.session.input(new MessageStart());
  // Byte by byte: the beginning says what it is.
  for (const byte of body) running.session.input(Data.of(Buffer.from([byte])));
  running.session.input(new MessageEnd());
  return running.text();
}

test('gzip, zlib and raw deflate are told apart', (t) => {
  const text = 'a text that is long enough to be worth it, worth it, worth it';
  for (const body of [gzipSync(text), deflateSync(text), deflateRawSync(text)])
    t.is(inflated(body), `<start>${text}<end>`);
  t.is(inflated(Buffer.alloc(0)), '<start><end>');
});

test('what is corrupt, cut, or too large when inflated ends the session', (t) => {
  const whole = gzipSync('some text');
  const corrupt = Buffer.from(whole);
  corrupt[12]! ^= 0xff;
  for (const body of [
    corrupt,
    whole.subarray(0, -4),
    Buffer.from('plain text'),
    gzipSync(Buffer.alloc(17 * 1024 * 1024)),
  ])
    t.is(inflated(body), '<start><session end RuntimeError>');
});

test('Data outside messages passes; another algorithm is an error at load', (t) => {
  const running = openSession(loadTestProgram(SCRIPT));
  running.session.input(new Data('outside'));
  t.is(running.text(), 'outside');
  t.throws(() => loadTestProgram("pipy().listen(1).decompressMessageBody('gzip')"), {
    message: /unknown decompression algorithm/,
  });
});
