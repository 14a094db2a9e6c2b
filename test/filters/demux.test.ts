import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import type { FilterDeclaration } from '../../src/core/filter.ts';
import { Flow } from '../../src/core/flow.ts';
import { Stage } from '../../src/core/pipeline.ts';
import { Stream } from '../../src/core/stream.ts';
import { loadTestProgram, openSession, TEST_INBOUND } from '../support/program.ts';

/** What an answering pipeline does with one message. */
interface Asked {
  readonly id: string;
  emit(event: Event): void;
}

/** A filter whose answers the test gives, at the time it wants. */
function server(): { filter: FilterDeclaration; asked: Asked[]; ended: string[] } {
  const asked: Asked[] = [];
  const ended: string[] = [];
  class Server extends Stage {
    #id = '';
    receive(event: Event): void {
      if (event.kind === 'data') this.#id += event.toString();
      else if (event.kind === 'message-end')
        asked.push({ id: this.#id, emit: (answer) => this.emit(answer) });
      else if (event.kind === 'session-end') ended.push(this.#id);
    }
  }
  const filter: FilterDeclaration = {
    name: 'server',
    origin: 'tapline',
    summary: '',
    parameters: [],
    examples: [],
    prepare: () => () => new Server(),
  };
  return { filter, asked, ended };
}

const SCRIPT = `pipy().listen(1).demux('one').pipeline('one').server()`;

function message(body: string): Event[] {
  return [new MessageStart(), new Data(body), new MessageEnd()];
}

test('answers come in the order of the requests, whatever the order they are given in', (t) => {
  const { filter, asked } = server();
  const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }));
  for (const id of ['a', 'b', 'c']) for (const event of message(id)) running.session.input(event);
  const answer = (id: string): void => {
    const one = asked.find((other) => other.id === id)!;
    for (const event of message(`[${id}]`)) one.emit(event);
  };
  answer('c');
  answer('b');
  t.is(running.text(), '');
  answer('a');
  t.is(running.text(), '<start>[a]<end><start>[b]<end><start>[c]<end>');
  answer('a');
  t.is(running.out.length, 9, 'an answer is given once');
});

test('7: each message has a copy of the context', (t) => {
  const running = openSession(
    loadTestProgram(`pipy({ v: 0, list: null }).listen(1).onSessionStart(() => (v = 1, list = []))
      .demux('child').replaceMessage(m => new Message(m.body + ' parent ' + v + list.length + ';'))
      .pipeline('child').onMessageStart(() => (v++, list.push(1))).replaceMessage(() => new Message('child ' + v))`),
  );
  for (const event of [...message('1'), ...message('2')]) running.session.input(event);
  t.is(running.text(), '<start>child 2 parent 11;<end><start>child 2 parent 12;<end>');
});

test('8: a child that ends or fails without an answer is answered for; the next request gets its own', (t) => {
  for (const fault of ['new SessionEnd', '(() => { throw new Error("x") })()']) {
    const running = openSession(
      loadTestProgram(`pipy().listen(1).demux('child').replaceMessage(m => new Message(m.head.status + ':' + m.body + ';'))
        .pipeline('child').replaceMessage(m => m.body.toString() == 'x' ? ${fault} : new Message({ status: 200 }, m.body))`),
    );
    for (const event of [...message('x'), ...message('a')]) running.session.input(event);
    t.is(running.text(), '<start>502:;<end><start>200:a;<end>', fault);
  }
});

test('a child that ends inside its answer ends the connection: nobody takes half an answer for a whole one', (t) => {
  const { filter, asked } = server();
  const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }));
  for (const event of [...message('a'), ...message('b')]) running.session.input(event);
  asked[0]!.emit(new MessageStart());
  asked[0]!.emit(new Data('ha'));
  asked[0]!.emit(new SessionEnd());
  for (const event of message('[b]')) asked[1]!.emit(event);
  t.is(running.text(), '<start>ha<session end ReadError>');
});

test('the end of the session comes when all answers are out; children are told of it', (t) => {
  const { filter, asked, ended } = server();
  const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }));
  for (const event of message('a')) running.session.input(event);
  running.session.input(new SessionEnd());
  t.deepEqual(ended, ['a']);
  t.is(running.text(), '');
  for (const event of message('[a]')) asked[0]!.emit(event);
  t.is(running.text(), '<start>[a]<end><session end >');
});

test('a client that is gone ends the children', async (t) => {
  const { filter, ended } = server();
  const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }));
  for (const event of message('a')) running.session.input(event);
  running.session.input(new SessionEnd('ReadError'));
  await Promise.resolve();
  t.deepEqual(ended, ['a']);
  t.is(running.text(), '<session end ReadError>');
});

test('beyond a hundred at a time requests wait, and their sender is not read', (t) => {
  const { filter, asked } = server();
  const source = new Flow();
  const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }), {
    stream: new Stream(source, null),
    inbound: TEST_INBOUND,
  });
  for (let id = 0; id < 102; id++) for (const event of message(`${id}`)) running.session.input(event);
  t.is(asked.length, 100);
  t.true(source.isHeld);
  for (const event of message('[0]')) asked[0]!.emit(event);
  t.is(asked.length, 101);
  t.true(source.isHeld);
  for (const event of message('[1]')) asked[1]!.emit(event);
  t.is(asked.length, 102);
  t.false(source.isHeld);
});

test('answers that wait hold their senders, and have a bound', (t) => {
  const { filter, asked } = server();
  const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }));
  for (const event of [...message('a'), ...message('b')]) running.session.input(event);
  asked[1]!.emit(new MessageStart());
  for (let mebibytes = 0; mebibytes < 17; mebibytes++) asked[1]!.emit(new Data(1024 * 1024));
  t.is(running.text(), '<session end BufferOverflow>');
});

/** What may happen to one request: the model knows what its answer must be. */
type Fate = 'answer' | 'late' | 'end' | 'cut' | 'extra';

test('answers never cross (property)', (t) => {
  const fates = fc.array(fc.constantFrom<Fate>('answer', 'late', 'end', 'cut', 'extra'), { maxLength: 12 });
  fc.assert(
    fc.property(fates, fc.infiniteStream(fc.nat()), (plan, order) => {
      const { filter, asked } = server();
      const running = openSession(loadTestProgram(SCRIPT, { filters: [filter] }));
      for (const [id] of plan.entries()) for (const event of message(`${id}`)) running.session.input(event);
      // In any order, each answered according to its fate.
      const left = plan.map((fate, id) => ({ fate, id }));
      while (left.length > 0) {
        const [one] = left.splice(order.next().value % left.length, 1);
        const emit = (event: Event): void => asked[one!.id]!.emit(event);
        const whole = message(`[${one!.id}]`);
        if (one!.fate === 'end') emit(new SessionEnd());
        else if (one!.fate === 'cut') [...whole.slice(0, 2), new SessionEnd()].forEach(emit);
        else if (one!.fate === 'extra') [...whole, ...message('[stray]')].forEach(emit);
        else whole.forEach(emit);
      }
      // The model: whole answers in order, 502 for those that ended without one, nothing after the first cut one came to its end.
      const text = running.text();
      const parts = [...text.matchAll(/<start>(?:\[(\d+)\])?<end>/g)].map((match) => match[1] ?? 'none');
      for (const [position, got] of parts.entries()) {
        const fate = plan[position]!;
        t.is(got, fate === 'end' ? 'none' : `${position}`);
      }
      t.false(text.includes('stray'));
      if (!plan.includes('cut')) t.is(parts.length, plan.length);
      else t.true(text.endsWith('<session end ReadError>'));
    }),
  );
});
