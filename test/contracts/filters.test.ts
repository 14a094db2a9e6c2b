import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import { Flow } from '../../src/core/flow.ts';
import type { Child, ChildListener, Dialed, DialListener, Ports } from '../../src/core/ports.ts';
import { Stream } from '../../src/core/stream.ts';
import { catalogue } from '../../src/filters/index.ts';
import { eventText, loadTestProgram, openSession, type RunningSession } from '../support/program.ts';

/** How each filter of the catalogue is called in a chain; the pipelines `p` and `q` answer messages. */
const CALLS: Record<string, string> = {
  captureRequest: 'captureRequest(() => null)',
  captureResponse: 'captureResponse(() => null)',
  connect: "connect('peer:1')",
  decodeDubbo: 'decodeDubbo()',
  decodeHttpRequest: 'decodeHttpRequest()',
  decodeHttpResponse: 'decodeHttpResponse()',
  decodeRedis: 'decodeRedis()',
  decompressMessageBody: "decompressMessageBody('inflate')",
  demux: "demux('p')",
  dummy: 'dummy()',
  dump: 'dump()',
  encodeDubbo: 'encodeDubbo()',
  encodeHttpRequest: 'encodeHttpRequest()',
  encodeHttpResponse: 'encodeHttpResponse()',
  encodeRedis: 'encodeRedis()',
  exec: "exec('peer')",
  fork: "fork('p')",
  injectRequestHeaders:
    "injectRequestHeaders({ fields: ['traceparent', 'x-request-id', 'forwarded', 'x-forwarded-for'] })",
  inspectHttpRequest: 'inspectHttpRequest()',
  inspectHttpResponse: 'inspectHttpResponse()',
  link: "link('p', () => ready.it, 'q', () => ready.it)",
  mux: "mux('p')",
  onData: 'onData(() => 0)',
  onMessage: 'onMessage(() => 0)',
  onMessageBody: 'onMessageBody(() => 0)',
  onMessageEnd: 'onMessageEnd(() => 0)',
  onMessageStart: 'onMessageStart(() => 0)',
  onSessionEnd: 'onSessionEnd(() => 0)',
  onSessionStart: 'onSessionStart(() => 0)',
  print: 'print()',
  proxySOCKS4: "proxySOCKS4('p', () => true)",
  proxySOCKS5: "proxySOCKS5('p', () => true)",
  replaceData: "replaceData(() => new Data('r'))",
  replaceMessage: 'replaceMessage(m => m)',
  replaceMessageBody: "replaceMessageBody(() => new Data('r'))",
  replaceMessageEnd: 'replaceMessageEnd(e => e)',
  replaceMessageStart: 'replaceMessageStart(e => e)',
  replaceSessionEnd: 'replaceSessionEnd(e => e)',
  replaceSessionStart: 'replaceSessionStart(e => [new Data("first"), e])',
  tap: "tap('8')",
  use: "use('lib.js', 'p')",
  wait: 'wait(() => ready.it)',
};

/** The same with a callback that fails; only those that have one. */
const FAILING: Record<string, string> = {
  captureRequest: 'captureRequest(() => fail())',
  captureResponse: 'captureResponse(() => fail())',
  connect: 'connect(() => fail())',
  dump: 'dump(() => fail())',
  encodeDubbo: 'encodeDubbo(() => fail())',
  encodeHttpRequest: 'encodeHttpRequest(() => fail())',
  encodeHttpResponse: 'encodeHttpResponse(() => fail())',
  exec: 'exec(() => fail())',
  fork: "fork('p', () => fail())",
  link: "link('p', () => fail())",
  mux: "mux('p', () => fail())",
  onData: 'onData(() => fail())',
  onMessage: 'onMessage(() => fail())',
  onMessageBody: 'onMessageBody(() => fail())',
  onMessageEnd: 'onMessageEnd(() => fail())',
  onMessageStart: 'onMessageStart(() => fail())',
  onSessionEnd: 'onSessionEnd(() => fail())',
  onSessionStart: 'onSessionStart(() => fail())',
  replaceData: 'replaceData(() => fail())',
  replaceMessage: 'replaceMessage(() => fail())',
  replaceMessageBody: 'replaceMessageBody(() => fail())',
  replaceMessageEnd: 'replaceMessageEnd(() => fail())',
  replaceMessageStart: 'replaceMessageStart(() => fail())',
  replaceSessionEnd: 'replaceSessionEnd(() => fail())',
  replaceSessionStart: 'replaceSessionStart(() => fail())',
  tap: 'tap(() => fail())',
  use: "use('lib.js', 'p', () => fail())",
  wait: 'wait(() => fail())',
};

const program = (call: string): Record<string, string> => ({
  '/main.js': `pipy({ ready: { it: false } }).listen(1)\n.${call}\n.pipeline('p').replaceMessage(m => m).pipeline('q').replaceMessage(m => m)`,
  '/lib.js': `pipy().pipeline('p').replaceMessage(m => m)`,
});

/** A world whose peers and programs send back what they get. */
function echoing(): Partial<Ports> {
  const echo = (listener: DialListener | ChildListener): Dialed & Child => {
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      listener.onEnd('', '');
    };
    return {
      sending: new Flow(),
      reading: new Flow(),
      write: (bytes) => {
        if (!isOver) listener.onBytes(bytes);
      },
      flush: () => {},
      end,
      destroy: () => (isOver = true),
      kill: () => (isOver = true),
    };
  };
  return {
    dialer: { dial: (_target, _options, listener) => echo(listener) },
    processes: { spawn: (_command, listener) => echo(listener) },
  };
}

const EVENTS: Record<string, () => Event> = {
  start: () => new MessageStart({ status: 200, headers: {} }),
  data: () => new Data('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  bytes: () => new Data(Buffer.from([4, 1, 0, 80, 127, 0, 0, 1, 0]).toString('latin1')),
  flush: () => Data.flushMark(),
  end: () => new MessageEnd(),
  over: () => new SessionEnd(),
  broken: () => new SessionEnd('ReadError'),
};
const names = fc.array(fc.constantFrom(...Object.keys(EVENTS)), { maxLength: 8 });

function feed(running: RunningSession, order: readonly string[]): void {
  for (const name of order) running.session.input(EVENTS[name]!());
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
};

test('every filter of the catalogue is held to the contract', (t) => {
  t.deepEqual(
    Object.keys(CALLS).toSorted(),
    catalogue.map(({ name }) => name).toSorted(),
    'a new filter needs a line here',
  );
  t.is(catalogue.filter(({ origin }) => origin === 'spec').length, 34, 'the filters of the original');
  const withCallback = catalogue.filter(({ parameters }) =>
    parameters.some(
      ({ type, signature }) => `${type} ${signature ?? ''}`.includes('=> ') || type.includes('function'),
    ),
  );
  const missing = withCallback
    .map(({ name }) => name)
    .filter((name) => !(name in FAILING) && !name.startsWith('proxySOCKS'));
  t.deepEqual(missing, [], 'a filter with a callback needs a line among the failing ones');
});

for (const { name } of catalogue) {
  const call = CALLS[name]!;

  test(`${name}: any order of events; one end at most, nothing after it`, async (t) => {
    await fc.assert(
      fc.asyncProperty(names, async (order) => {
        const loaded = loadTestProgram(program(call), echoing());
        const running = openSession(loaded);
        feed(running, order);
        await settled();
        loaded.clock.pass(60_000);
        await settled();
        running.session.release(new SessionEnd());
        await settled();
        const ends = running.out.flatMap((event, at) => (event.kind === 'session-end' ? [at] : []));
        t.true(ends.length <= 1, `${order.join()} gives ${running.text()}`);
        if (ends.length === 1)
          t.is(ends[0], running.out.length - 1, `${order.join()} gives ${running.text()}`);
        t.deepEqual(
          loaded.lines.filter((line) => /TypeError|undefined|internal/i.test(line)),
          [],
        );
      }),
      { numRuns: 60 },
    );
  });

  test(`${name}: no state is left for the next session`, async (t) => {
    await fc.assert(
      fc.asyncProperty(names, names, async (first, second) => {
        const out = async (orders: readonly (readonly string[])[]): Promise<string> => {
          const loaded = loadTestProgram(program(call), echoing());
          let text = '';
          for (const order of orders) {
            const running = openSession(loaded);
            feed(running, order);
            await settled();
            text = running.out.map(eventText).join('');
            running.session.release(new SessionEnd());
            await settled();
            // Budgets, groups of mux and the like are shared on purpose, for a time.
            loaded.clock.pass(60_000);
          }
          return text;
        };
        t.is(await out([first, second]), await out([second]), `${first.join()} then ${second.join()}`);
      }),
      { numRuns: 40 },
    );
  });

  test(`${name}: what it was given is not changed`, async (t) => {
    const loaded = loadTestProgram(program(call), echoing());
    const running = openSession(loaded);
    const data = new Data('some bytes of a script');
    for (const event of [new MessageStart(null), data, new MessageEnd(), new SessionEnd()])
      running.session.input(event);
    await settled();
    loaded.clock.pass(10_000);
    t.is(data.toString(), 'some bytes of a script');
    running.session.release();
  });

  test(`${name}: under back pressure; all holds are let go at the end`, async (t) => {
    await fc.assert(
      fc.asyncProperty(names, async (order) => {
        const [source, sink] = [new Flow(), new Flow()];
        const loaded = loadTestProgram(program(call), echoing());
        const running = openSession(loaded, { stream: new Stream(source, sink) });
        sink.hold();
        feed(running, order);
        await settled();
        sink.release();
        loaded.clock.pass(60_000);
        running.session.release(new SessionEnd());
        await settled();
        t.false(source.isHeld, order.join());
        t.false(sink.isHeld, order.join());
      }),
      { numRuns: 30 },
    );
  });

  if (name in FAILING)
    test(`${name}: a callback that fails ends its own session, with a word and its place`, async (t) => {
      await fc.assert(
        fc.asyncProperty(names, async (order) => {
          const loaded = loadTestProgram(
            program(FAILING[name]!.replace('fail()', '(() => { throw new Error("boom") })()')),
            echoing(),
          );
          const running = openSession(loaded);
          const other = openSession(loaded);
          feed(running, order);
          await settled();
          const boom = loaded.lines.filter((line) => line.includes('boom'));
          if (boom.length > 0) {
            t.true(boom.length <= 2, 'it is told once: the message, and the line of the script');
            t.regex(boom[0]!, /\/main\.js:2:\d+: boom/);
            const ends = running.out.filter((event) => event.kind === 'session-end');
            t.deepEqual(
              ends.map((event) => (event as SessionEnd).error),
              order.includes('broken') && !running.text().includes('RuntimeError')
                ? ['ReadError']
                : ['RuntimeError'],
            );
          }
          t.is(other.text(), '');
          running.session.release();
          other.session.release();
        }),
        { numRuns: 40 },
      );
    });
}
