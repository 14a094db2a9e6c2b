import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

test('3: dump shows events as they pass, bytes in hexadecimal', (t) => {
  const loaded = loadTestProgram("pipy({ _tag: 'in' }).listen(1).dump(() => _tag).dump()");
  const running = openSession(loaded);
  running.session.input(new MessageStart());
  running.session.input(new Data('GET / HTTP/1.1\r\n!'));
  running.session.input(new MessageEnd());
  running.session.input(Data.flushMark());
  running.session.input(new SessionEnd('ReadError'));
  const shown = loaded.output.map((line) =>
    line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '').replace(/context=\d+/, 'context=N'),
  );
  t.deepEqual(shown.slice(0, 7), [
    '[dump] [context=N] [in] MessageStart',
    '[dump] [context=N] MessageStart',
    '[dump] [context=N] [in] Data [size=17]',
    '-'.repeat(68),
    '47 45 54 20 2F 20 48 54 54 50 2F 31 2E 31 0D 0A | GET / HTTP/1.1??',
    `21${' - '.repeat(15)} | !${'.'.repeat(15)}`,
    '-'.repeat(68),
  ]);
  t.true(shown.includes('[dump] [context=N] Data [size=0]'));
  t.is(shown.at(-1), '[dump] [context=N] SessionEnd [3] ReadError');
  t.is(running.text(), '<start>GET / HTTP/1.1\r\n!<end><session end ReadError>');
});

test('print shows lines; characters that are cut, long lines and unfinished ones', (t) => {
  const loaded = loadTestProgram('pipy().listen(1).print()');
  const running = openSession(loaded);
  const bytes = Buffer.from('first\nhé\u0007llo\n');
  running.session.input(Data.of(bytes.subarray(0, 8)));
  running.session.input(Data.of(bytes.subarray(8)));
  t.deepEqual(loaded.output, ['first', 'héllo']);
  running.session.input(new Data('x'.repeat(250)));
  t.deepEqual(loaded.output.slice(2), ['x'.repeat(100), 'x'.repeat(100)]);
  running.session.input(new MessageEnd());
  t.is(loaded.output.at(-1), 'x'.repeat(50));
  running.session.input(new Data('unfinished'));
  running.session.release();
  t.is(loaded.output.at(-1), 'unfinished');
  const next = openSession(loaded);
  next.session.input(new Data('next\n'));
  t.is(loaded.output.at(-1), 'next', 'nothing is left of the session before');
});
