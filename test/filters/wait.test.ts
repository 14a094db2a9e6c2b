import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import { Flow } from '../../src/core/flow.ts';
import type { DialListener } from '../../src/core/ports.ts';
import { Stream } from '../../src/core/stream.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

test('15: a forked pipeline that hears from elsewhere lets the message go', (t) => {
  let peer: DialListener | null = null;
  const loaded = loadTestProgram(
    `pipy({ _ready: false, asked: { n: 0 } }).listen(1).fork('look').wait(() => (asked.n++, _ready))
    .replaceMessage(() => new Message('asked ' + asked.n))
    .pipeline('look').connect('somewhere:1').onData(() => _ready = true)`,
    {
      dialer: {
        dial: (_target, _options, listener) => {
          peer = listener;
          return {
            sending: new Flow(),
            reading: new Flow(),
            write: () => {},
            flush: () => {},
            end: () => {},
            destroy: () => {},
          };
        },
      },
    },
  );
  const running = openSession(loaded);
  running.session.input(new MessageStart());
  running.session.input(new MessageEnd());
  t.is(running.text(), '');
  peer!.onBytes(Buffer.from('yes'));
  t.is(running.text(), '<start>asked 3<end>', 'at MessageStart, at MessageEnd, and after the bytes');
});

test('a callback of another session of the group is noticed without new input', (t) => {
  const loaded = loadTestProgram(
    `pipy({ _open: false }).listen(1).fork('side').wait(() => _open).pipeline('side').onData(data => _open = data.toString() == 'open')`,
  );
  const running = openSession(loaded);
  running.session.input(new Data('first'));
  t.is(running.text(), '');
  running.session.input(new Data('open'));
  t.is(running.text(), 'firstopen');
  running.session.input(new Data(' and on'));
  t.is(running.text(), 'firstopen and on');
});

test('the end while waiting drops what is held, and passes; a failing condition ends the session', (t) => {
  const running = openSession(loadTestProgram('pipy().listen(1).wait(() => false)'));
  running.session.input(new Data('held'));
  running.session.input(new SessionEnd());
  t.is(running.text(), '<session end >');
  const failing = openSession(loadTestProgram('pipy().listen(1).wait(() => nothing)'));
  failing.session.input(new Data('x'));
  t.is(failing.text(), '<session end RuntimeError>');
});

test('waiting has a limit of time and of bytes, and holds the sender', (t) => {
  const loaded = loadTestProgram("pipy().listen(1).wait(() => false, { timeout: '2s' })");
  const running = openSession(loaded);
  running.session.input(new Data('x'));
  loaded.clock.pass(1999);
  t.is(running.text(), '');
  loaded.clock.pass(1);
  t.is(running.text(), '<session end Timeout>');
  const source = new Flow();
  const flooded = openSession(loaded, { stream: new Stream(source, null) });
  flooded.session.input(new Data(1024 * 1024 + 1));
  t.true(source.isHeld);
  for (let mebibytes = 0; mebibytes < 16; mebibytes++) flooded.session.input(new Data(1024 * 1024));
  t.is(flooded.text(), '<session end BufferOverflow>');
  t.false(source.isHeld);
  t.throws(() => loadTestProgram("pipy().listen(1).wait(() => 1, { timeout: 'soon' })"), {
    message: /timeout/,
  });
});
