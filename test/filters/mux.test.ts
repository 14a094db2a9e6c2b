import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import type { FilterDeclaration } from '../../src/core/filter.ts';
import { Stage } from '../../src/core/pipeline.ts';
import { loadTestProgram, openSession, type RunningSession } from '../support/program.ts';

/** One shared session as the test sees it: what it was asked, and the way to answer. */
interface Shared {
  readonly asked: string[];
  emit(event: Event): void;
  hasEnded: boolean;
}

function server(): { filter: FilterDeclaration; shared: Shared[] } {
  const shared: Shared[] = [];
  class Server extends Stage {
    #body = '';
    #mine: Shared | null = null;
    receive(event: Event): void {
      this.#mine ??=
        shared[shared.push({ asked: [], emit: (answer) => this.emit(answer), hasEnded: false }) - 1]!;
      if (event.kind === 'data') this.#body += event.toString();
      else if (event.kind === 'message-end') {
        this.#mine.asked.push(this.#body);
        this.#body = '';
      }
    }
    override release(): void {
      if (this.#mine !== null) this.#mine.hasEnded = true;
    }
  }
  return {
    shared,
    filter: {
      name: 'server',
      origin: 'tapline',
      summary: '',
      parameters: [],
      examples: [],
      prepare: () => () => new Server(),
    },
  };
}

const SCRIPT = `pipy().listen(1).mux('all').pipeline('all').server()`;

function message(body: string): Event[] {
  return [new MessageStart(), new Data(body), new MessageEnd()];
}

function send(running: RunningSession, body: string): void {
  for (const event of message(body)) running.session.input(event);
}

test('answers go to those who asked, first in, first out', (t) => {
  const { filter, shared } = server();
  const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
  const [a, b] = [openSession(loaded), openSession(loaded)];
  send(a, 'a1');
  send(b, 'b1');
  send(a, 'a2');
  t.deepEqual(shared[0]!.asked, ['a1', 'b1', 'a2']);
  for (const body of ['[a1]', '[b1]', '[a2]']) for (const event of message(body)) shared[0]!.emit(event);
  t.is(a.text(), '<start>[a1]<end><start>[a2]<end>');
  t.is(b.text(), '<start>[b1]<end>');
});

test('output that nobody asked for ends the shared session: it would be the next one’s answer', async (t) => {
  const { filter, shared } = server();
  const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
  const a = openSession(loaded);
  send(a, 'a1');
  for (const event of [...message('[a1]'), ...message('[stray]')]) shared[0]!.emit(event);
  await Promise.resolve();
  t.true(shared[0]!.hasEnded);
  send(a, 'a2');
  t.is(shared.length, 2);
  for (const event of message('[a2]')) shared[1]!.emit(event);
  t.is(a.text(), '<start>[a1]<end><start>[a2]<end>');
});

test('a session that left: its answer is read over and the next one gets its own', (t) => {
  const { filter, shared } = server();
  const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
  const [a, b] = [openSession(loaded), openSession(loaded)];
  send(a, 'a1');
  send(b, 'b1');
  shared[0]!.emit(new MessageStart());
  a.session.input(new SessionEnd());
  shared[0]!.emit(new Data('[a1]'));
  shared[0]!.emit(new MessageEnd());
  for (const event of message('[b1]')) shared[0]!.emit(event);
  t.is(a.text(), '<start>');
  t.is(b.text(), '<start>[b1]<end>');
});

test('the answer of a session that left has a bound', async (t) => {
  const { filter, shared } = server();
  const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
  const [a, b] = [openSession(loaded), openSession(loaded)];
  send(a, 'a1');
  send(b, 'b1');
  a.session.input(new SessionEnd());
  shared[0]!.emit(new MessageStart());
  for (let mebibytes = 0; mebibytes < 17; mebibytes++) shared[0]!.emit(new Data(1024 * 1024));
  await Promise.resolve();
  t.true(shared[0]!.hasEnded);
  t.is(b.text(), '<session end BufferOverflow>');
});

test('the end of the shared session is told to every message that waits; a cut answer is no whole one', (t) => {
  const { filter, shared } = server();
  const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
  const [a, b, c] = [openSession(loaded), openSession(loaded), openSession(loaded)];
  send(a, 'a1');
  send(b, 'b1');
  c.session.input(new MessageStart());
  shared[0]!.emit(new MessageStart());
  shared[0]!.emit(new Data('[a'));
  shared[0]!.emit(new SessionEnd());
  t.is(a.text(), '<start>[a<session end ReadError>');
  t.is(b.text(), '<session end >');
  t.is(c.text(), '', 'who has not asked is not told');
});

test('a group that nobody uses ends after ten seconds, and at once when its program is replaced', async (t) => {
  const { filter, shared } = server();
  const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
  const first = openSession(loaded);
  send(first, 'a');
  first.session.release();
  loaded.clock.pass(9_999);
  await Promise.resolve();
  t.false(shared[0]!.hasEnded);
  loaded.clock.pass(2);
  await Promise.resolve();
  t.true(shared[0]!.hasEnded);
  const second = openSession(loaded);
  send(second, 'b');
  loaded.program.release();
  t.false(shared[1]!.hasEnded, 'it has a user still');
  second.session.release();
  await Promise.resolve();
  t.true(shared[1]!.hasEnded);
});

/** What a shared session does next. */
type Act = 'answer' | 'stray' | 'end' | 'cut' | 'half';

test('answers never cross (property)', (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const), user: fc.nat(2) }),
    fc.record({ kind: fc.constant('leave' as const), user: fc.nat(2) }),
    fc.record({
      kind: fc.constant('act' as const),
      act: fc.constantFrom<Act>('answer', 'stray', 'end', 'cut', 'half'),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { filter, shared } = server();
      const loaded = loadTestProgram(SCRIPT, { filters: [filter] });
      const users = [0, 1, 2].map(() => openSession(loaded));
      const left = new Set<number>();
      let asked = 0;
      /** Questions of the newest shared session that have no whole answer. */
      const open = (): Shared | undefined => shared.findLast(({ hasEnded }) => !hasEnded);
      const answered = new Map<Shared, number>();
      for (const one of steps) {
        if (one.kind === 'ask') {
          if (!left.has(one.user)) send(users[one.user]!, `${one.user}-${asked++}`);
        } else if (one.kind === 'leave') {
          left.add(one.user);
          users[one.user]!.session.input(new SessionEnd());
        } else {
          const session = open();
          if (session === undefined) continue;
          const next = session.asked[answered.get(session) ?? 0];
          if (next === undefined) {
            // Nothing is outstanding: whatever comes is unasked.
            if (one.act === 'stray') for (const event of message('[stray]')) session.emit(event);
            else if (one.act === 'end') session.emit(new SessionEnd());
          } else if (one.act === 'end') session.emit(new SessionEnd());
          else if (one.act === 'cut')
            for (const event of [new MessageStart(), new Data(`[${next}]`), new SessionEnd()])
              session.emit(event);
          else {
            for (const event of message(`[${next}]`)) session.emit(event);
            answered.set(session, (answered.get(session) ?? 0) + 1);
          }
          if (one.act === 'end' || one.act === 'cut' || (next === undefined && one.act === 'stray'))
            session.hasEnded = true;
        }
      }
      for (const [user, running] of users.entries()) {
        const text = running.text();
        t.false(text.includes('stray'), text);
        for (const [, owner] of text.matchAll(/\[(\d)-\d+\]/g)) t.is(Number(owner), user, text);
        // In the order of the questions, none twice.
        const order = [...text.matchAll(/\[\d-(\d+)\]/g)].map((match) => Number(match[1]));
        t.deepEqual(
          order,
          [...new Set(order)].toSorted((x, y) => x - y),
        );
      }
    }),
  );
});
