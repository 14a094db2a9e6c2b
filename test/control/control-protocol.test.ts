import * as path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {
  asLine,
  controlSocketPath,
  LineSplitter,
  MAX_SOCKET_PATH_BYTES,
  readAnswer,
  readRequest,
} from '../../src/control/control-protocol.ts';

test('lines come out whole, however the bytes are cut', (t) => {
  const answers = fc.array(
    fc.record({
      type: fc.constant('value' as const),
      value: fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()),
    }),
  );
  fc.assert(
    fc.property(answers, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.from(sent.map(asLine).join(''));
      const splitter = new LineSplitter(10_000);
      const received = [];
      for (let from = 0, cut = 0; from < bytes.length; cut++) {
        const to = from + cuts[cut % cuts.length]!;
        for (const line of splitter.split(bytes.subarray(from, to))) received.push(readAnswer(line));
        from = to;
      }
      t.deepEqual(received, sent);
    }),
  );
});

test('a line beyond its bound is an error, in one chunk or in many', (t) => {
  t.throws(() => [...new LineSplitter(4).split(Buffer.from('12345'))], { message: /more than 4 bytes/ });
  t.throws(() => [...new LineSplitter(4).split(Buffer.from('12345\n'))], { message: /more than 4 bytes/ });
  const splitter = new LineSplitter(4);
  t.deepEqual([...splitter.split(Buffer.from('1234'))], []);
  t.throws(() => [...splitter.split(Buffer.from('5'))], { message: /more than 4 bytes/ });
});

test('what is no request and no answer is null', (t) => {
  for (const line of ['', 'null', '[]', '7', '{', '{"command":7}', '{"type":"other"}']) {
    t.is(readRequest(line), null, line);
    t.is(readAnswer(line), null, line);
  }
});

test('the socket is named the shorter way, and a path that no socket can have is refused with what to do', (t) => {
  t.is(controlSocketPath('/data', '/home/somebody'), '/data/control/socket');
  const deep = path.join('/', 'x'.repeat(120));
  t.is(controlSocketPath(path.join(deep, 'data'), deep), 'data/control/socket');
  t.throws(() => controlSocketPath(path.join(deep, 'data'), '/elsewhere'), {
    message: new RegExp(
      `too long for a socket \\(more than ${MAX_SOCKET_PATH_BYTES} bytes\\): choose a shorter --data-dir`,
    ),
  });
});
