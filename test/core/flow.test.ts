import test from 'ava';
import { couple, Flow } from '../../src/core/flow.ts';

test('a flow is held until everyone who held it has let go', (t) => {
  const flow = new Flow();
  const told: string[] = [];
  flow.listen({ onHold: () => told.push('hold'), onRelease: () => told.push('release') });
  flow.hold();
  flow.hold();
  flow.release();
  t.true(flow.isHeld);
  flow.release();
  t.false(flow.isHeld);
  t.deepEqual(told, ['hold', 'release']);
  t.throws(() => flow.release(), { message: /more often/ });
});

test('a listener that comes late is told of a hold at once', (t) => {
  const flow = new Flow();
  flow.hold();
  let isHeld = false;
  flow.listen({ onHold: () => (isHeld = true), onRelease: () => (isHeld = false) });
  t.true(isHeld);
});

test('taking a coupling back lets go what it held', (t) => {
  const from = new Flow();
  const to = new Flow();
  const uncouple = couple(from, to);
  from.hold();
  t.true(to.isHeld);
  uncouple();
  t.false(to.isHeld);
  from.release();
  t.false(to.isHeld);
});
