import test from 'ava';
import { parseServerSentEvents } from '../../../../../src/admin/ui/traffic/record/server-sent-events.ts';

test('events with all their fields', (t) => {
  const text = ': hello\nretry: 1000\n\nid: 7\nevent: tick\ndata: {"n":\ndata: 1}\n\ndata:no blank\n\n';
  t.deepEqual(parseServerSentEvents(text), [
    { id: null, type: null, data: '', retry: '1000', comments: ['hello'], isCut: false },
    { id: '7', type: 'tick', data: '{"n":\n1}', retry: null, comments: [], isCut: false },
    { id: null, type: null, data: 'no blank', retry: null, comments: [], isCut: false },
  ]);
});

test('each kind of line end, and a mark of the byte order', (t) => {
  for (const lineEnd of ['\n', '\r\n', '\r'])
    t.deepEqual(
      parseServerSentEvents(`\ufeffdata: a${lineEnd}${lineEnd}data: b${lineEnd}${lineEnd}`).map(
        ({ data }) => data,
      ),
      ['a', 'b'],
    );
});

test('an event that is not ended is cut', (t) => {
  t.like(parseServerSentEvents('data: a\n\ndata: b\n')[1], { data: 'b', isCut: true });
  t.like(parseServerSentEvents('data: a\n\nda')[1], { data: '', isCut: true });
  t.deepEqual(parseServerSentEvents(''), []);
  t.is(parseServerSentEvents('data: x\n\n'.repeat(50), 10).length, 10);
});
