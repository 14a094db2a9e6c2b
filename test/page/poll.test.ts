import test from 'ava';
import { Poll } from '../../src/admin/ui/parts/poll.ts';

/** Stands for the page that is looked at, or not. */
class Looked extends EventTarget {
  hidden = false;

  look(isHidden: boolean): void {
    this.hidden = isHidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

const page = new Looked();
Object.assign(globalThis, { document: page });
test.beforeEach(() => page.look(false));

/** A poll whose questions wait for their answers: the pause until the next. */
function pollOf(options: { isAskedHidden?: boolean } = {}): {
  poll: Poll;
  signals: AbortSignal[];
  answer: (pauseMs: number | null) => Promise<void>;
  asked: (count: number) => Promise<void>;
} {
  const signals: AbortSignal[] = [];
  let resolve = (_pauseMs: number | null): void => {};
  let onAsked = (): void => {};
  const poll = new Poll((signal) => {
    signals.push(signal);
    onAsked();
    return new Promise((answered) => (resolve = answered));
  }, options);
  return {
    poll,
    signals,
    answer: async (pauseMs) => {
      resolve(pauseMs);
      // The poll goes on in the turn after its answer.
      await new Promise((turned) => setImmediate(turned));
    },
    asked: (count) =>
      new Promise((done) => {
        onAsked = () => signals.length >= count && done();
        onAsked();
      }),
  };
}

test.serial('one question at a time, the next when its pause is over', async (t) => {
  const { poll, signals, answer, asked } = pollOf();
  poll.start();
  poll.now();
  page.look(false);
  t.is(signals.length, 1);
  await answer(1);
  await asked(2);
  poll.stop();
  t.true(signals[1]!.aborted);
  await answer(1);
  poll.now();
  page.look(false);
  t.is(signals.length, 2);
});

test.serial('a page in the background asks nothing, and at once when it is looked at', async (t) => {
  const { poll, signals, answer } = pollOf();
  page.look(true);
  poll.start();
  t.is(signals.length, 0);
  page.look(false);
  t.is(signals.length, 1);
  await answer(60_000);
  page.look(true);
  page.look(false);
  t.is(signals.length, 2, 'before its pause is over');
  poll.stop();
});

test.serial('what rests is not asked for before somebody wants it', async (t) => {
  const { poll, signals, answer } = pollOf();
  poll.start();
  await answer(null);
  page.look(false);
  t.is(signals.length, 1);
  poll.now();
  t.is(signals.length, 2);
  poll.rest();
  await answer(0);
  page.look(false);
  t.is(signals.length, 2, 'the answer does not wake it');
  poll.stop();
});

test.serial('where it should, it also asks from the background', async (t) => {
  const { poll, asked, answer } = pollOf({ isAskedHidden: true });
  page.look(true);
  poll.start();
  await answer(1);
  await asked(2);
  poll.stop();
  t.pass();
});
