import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { MessageEnd, MessageStart } from '../../src/core/event.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

/** Values that fail wherever they are looked at. */
const HOSTILE = [
  '({ toString() { throw new Error("no text") } })',
  'Object.create(null)',
  'Symbol("s")',
  'new Proxy({}, { get() { throw new Error("no member") }, ownKeys() { throw new Error("no keys") } })',
  'new Proxy(() => 1, { apply() { throw new Error("no call") } })',
  '(() => { throw null })()',
  '(() => { throw { get message() { throw 1 } } })()',
  '(() => { const e = new Error("x"); Object.defineProperty(e, "stack", { get() { throw e } }); throw e })()',
  '(() => { const e = new Error; e.message = { toString() { throw e } }; throw e })()',
  '10n',
  'NaN',
  '[[]]',
  'new Array(5)',
  'Infinity',
];

/** Each place where a value of a script is taken; `VALUE` stands for it. */
const PLACES = [
  'connect(() => VALUE)',
  'exec(() => VALUE)',
  "mux('p', () => VALUE)",
  "fork('p', () => VALUE)",
  "use('lib.js', 'p', () => VALUE)",
  'tap(() => VALUE)',
  'tap(1, () => VALUE)',
  'dump(() => VALUE)',
  'wait(() => VALUE)',
  "link('p', () => VALUE)",
  'replaceMessage(() => VALUE)',
  'replaceMessage(() => [VALUE])',
  'replaceData(() => VALUE)',
  'replaceMessageBody(() => VALUE)',
  'replaceSessionStart(() => VALUE)',
  'encodeHttpRequest(() => VALUE)',
  'encodeHttpResponse(() => ({ status: VALUE }))',
  'encodeHttpResponse(() => ({ headers: { a: VALUE } }))',
  'encodeHttpRequest(() => ({ method: VALUE, path: VALUE }))',
  'replaceMessage(() => new Message({ headers: VALUE, status: VALUE }, "x")).encodeHttpResponse()',
  'encodeDubbo(() => ({ id: VALUE, status: VALUE }))',
  'replaceMessage(() => new Message({ value: VALUE })).encodeRedis()',
  'onData(() => VALUE)',
  'onMessage(() => console.log(VALUE))',
  'onMessage(() => JSON.stringify(VALUE))',
  'onMessage(() => Hessian.encode(VALUE))',
  'onMessage(() => new algo.Cache(() => VALUE).get(VALUE))',
  'onMessage(() => new Session(VALUE, VALUE))',
  'onMessage(() => algo.hash(VALUE))',
];

test('no value of a script ends anything but its own session', async (t) => {
  for (const place of PLACES)
    for (const value of HOSTILE) {
      const loaded = loadTestProgram(
        {
          '/main.js': `pipy().listen(1).${place.replaceAll('VALUE', value)}.pipeline('p').replaceMessage(m => m)`,
          '/lib.js': `pipy().pipeline('p')`,
        },
        {
          dialer: {
            dial: () => {
              throw new Error('dialed');
            },
          },
          processes: {
            spawn: () => {
              throw new Error('spawned');
            },
          },
        },
      );
      const running = openSession(loaded);
      t.notThrows(() => {
        for (const event of [new MessageStart(), new Data('x'), new MessageEnd()])
          running.session.input(event);
      }, `${place} with ${value}`);
      await Promise.resolve();
      t.notThrows(() => running.session.release(), `${place} with ${value}`);
      const ends = running.out.filter(({ kind }) => kind === 'session-end').length;
      t.true(ends <= 1);
    }
});
