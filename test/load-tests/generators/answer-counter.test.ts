import test from 'ava';
import fc from 'fast-check';
import { AnswerCounter } from '../../../load-tests/generators/answer-counter.ts';

const ANSWERS = Buffer.from(
  [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n',
    'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno',
  ].join(''),
);

test('answers are counted however their bytes are cut', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: ANSWERS.length }), { maxLength: 30 }), (cuts) => {
      const counter = new AnswerCounter();
      let from = 0;
      for (const to of [...cuts.sort((left, right) => left - right), ANSWERS.length]) {
        counter.feed(ANSWERS.subarray(from, to));
        from = to;
      }
      return counter.answers === 4 && counter.failures === 1 && counter.bodyBytes === 21;
    }),
  );
  t.pass();
});

test('what is no answer is an error', (t) => {
  t.throws(() => new AnswerCounter().feed(Buffer.from('SSH-2.0-OpenSSH\r\n\r\n')), {
    instanceOf: SyntaxError,
  });
  t.throws(
    () => new AnswerCounter().feed(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n')),
    { instanceOf: SyntaxError },
  );
});
