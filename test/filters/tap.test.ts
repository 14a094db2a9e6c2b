import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import { Flow } from '../../src/core/flow.ts';
import { Stream } from '../../src/core/stream.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

const message = (body: string): Event[] => [new MessageStart(), new Data(body), new MessageEnd()];

test('16: two messages a second; ten bytes at four a second', (t) => {
  const loaded = loadTestProgram('pipy().listen(1).tap(2)');
  const running = openSession(loaded);
  for (const body of ['1', '2', '3', '4', '5'])
    for (const event of message(body)) running.session.input(event);
  const bodies = (): string => running.text().replace(/<start>|<end>/g, '');
  t.is(bodies(), '12');
  loaded.clock.pass(1000);
  t.is(bodies(), '1234');
  loaded.clock.pass(1000);
  t.is(bodies(), '12345');
  const bytes = loadTestProgram("pipy().listen(1).tap('4')");
  const raw = openSession(bytes);
  raw.session.input(new Data('0123456789'));
  t.is(raw.text(), '0123');
  bytes.clock.pass(1000);
  t.is(raw.text(), '01234567');
  bytes.clock.pass(1000);
  t.is(raw.text(), '0123456789');
});

test('nothing is no limit, negative neither; 0 lets nothing pass; a text that is no size ends the session', (t) => {
  const passes = (quota: string): string => {
    const running = openSession(loadTestProgram(`pipy().listen(1).tap(${quota})`));
    for (let count = 0; count < 3; count++) for (const event of message('x')) running.session.input(event);
    return running.text().replace(/<start>|<end>/g, '');
  };
  t.is(passes('null'), 'xxx');
  t.is(passes('-1'), 'xxx');
  t.is(passes('0'), '');
  t.is(passes('2.9'), 'xx');
  t.is(passes('() => 1'), 'x');
  t.is(passes("'much'"), '<session end RuntimeError>');
});

test('an account is shared by the sessions that name it, first in, first out; others have their own', (t) => {
  const loaded = loadTestProgram(
    `pipy({ _name: 'a' }).listen(1).onSessionStart(() => _name = __inbound.remoteAddress).tap(1, () => _name)`,
  );
  const inbound = (remoteAddress: string) => ({
    inbound: { id: 1, remoteAddress, remotePort: 1, localAddress: '', localPort: 1 },
  });
  const [first, second, other] = [
    openSession(loaded, inbound('a')),
    openSession(loaded, inbound('a')),
    openSession(loaded, inbound('b')),
  ];
  for (const running of [first, second, other])
    for (const event of message('x')) running.session.input(event);
  t.is(first.text(), '<start>x<end>');
  t.is(second.text(), '');
  t.is(other.text(), '<start>x<end>');
  loaded.clock.pass(1000);
  t.is(second.text(), '<start>x<end>');
});

test('a SessionEnd keeps its place; what a released session left in the queue does not come', (t) => {
  const loaded = loadTestProgram('pipy().listen(1).tap(1)');
  const [first, second, third] = [openSession(loaded), openSession(loaded), openSession(loaded)];
  for (const event of [...message('1'), ...message('2'), new SessionEnd()]) first.session.input(event);
  for (const event of message('3')) second.session.input(event);
  for (const event of message('4')) third.session.input(event);
  t.is(first.text(), '<start>1<end>');
  second.session.release();
  loaded.clock.pass(1000);
  t.is(first.text(), '<start>1<end><start>2<end>');
  loaded.clock.pass(1000);
  t.is(first.text(), '<start>1<end><start>2<end><session end >');
  t.is(second.text(), '');
  t.is(third.text(), '<start>4<end>');
});

test('who adds to the queue is not read until it is empty; beyond the bound the session ends', (t) => {
  const loaded = loadTestProgram("pipy().listen(1).tap('2')");
  const source = new Flow();
  const running = openSession(loaded, { stream: new Stream(source, null) });
  running.session.input(new Data('abc'));
  t.true(source.isHeld);
  loaded.clock.pass(1000);
  t.false(source.isHeld);
  for (let mebibytes = 0; mebibytes < 17; mebibytes++) running.session.input(new Data(1024 * 1024));
  t.true(running.text().endsWith('<session end BufferOverflow>'));
  t.false(source.isHeld);
});

test('an account that nobody uses is forgotten, and its timer stops', (t) => {
  const loaded = loadTestProgram('pipy().listen(1).tap(1)');
  const running = openSession(loaded);
  for (const event of message('x')) running.session.input(event);
  running.session.release();
  loaded.clock.pass(1000);
  t.is(loaded.clock.pendingTimers, 0);
});
