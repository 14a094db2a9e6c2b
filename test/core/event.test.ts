import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { isEvent, Message, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';

test('the shapes of a message (spec events-and-data 5)', (t) => {
  t.deepEqual([new Message().head, new Message().body], [null, null]);
  t.is(new Message('text').body!.toString(), 'text');
  const head = { status: 200 };
  t.is(new Message(head).head, head);
  t.is(new Message(head, 'b').body!.toString(), 'b');
  t.is(new Message(null, 'kept').body!.toString(), 'kept');
  t.throws(() => new Message(new Data('a'), 'b'), { message: /argument #1/ });
  t.throws(() => new Message(7 as never), { message: /argument #1/ });
});

test('heads and errors are read-only and checked', (t) => {
  t.throws(() => new MessageStart('x' as never), { message: /argument #1 expects an object/ });
  t.is(new MessageStart(undefined).head, null);
  t.is(new SessionEnd('ReadError', 'why').error, 'ReadError');
  t.throws(() => new SessionEnd('Nonsense' as never), { message: /expects one of/ });
});

test('a message is no event', (t) => {
  t.true([new Data(), new MessageStart(), new MessageEnd(), new SessionEnd()].every(isEvent));
  t.false(isEvent(new Message()));
  t.false(isEvent('text'));
});
