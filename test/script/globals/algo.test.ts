import test from 'ava';
import * as fc from 'fast-check';
import type { Dialed, DialListener, Dialer } from '../../../src/core/ports.ts';
import { Flow } from '../../../src/core/flow.ts';
import type { GlobalHost } from '../../../src/script/globals/declaration.ts';
import { algo } from '../../../src/script/globals/algo/index.ts';
import { memoryFiles, type TestClock, testPorts } from '../../support/program.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as scripts see it
type Any = any;

interface World {
  readonly algo: Any;
  readonly clock: TestClock;
  readonly lines: string[];
  /** Dials that are under way: target, what was sent, and the way to answer. */
  readonly dials: { target: string; sent: string; listener: DialListener; isOver: boolean }[];
  readonly release: () => void;
}

function world(isCompat = false): World {
  const dials: World['dials'] = [];
  const dialer: Dialer = {
    dial(target, _options, listener): Dialed {
      const dial = { target, sent: '', listener, isOver: false };
      dials.push(dial);
      return {
        sending: new Flow(),
        reading: new Flow(),
        write: (bytes) => (dial.sent += bytes.toString()),
        flush: () => {},
        end: () => {},
        destroy: () => (dial.isOver = true),
      };
    },
  };
  const { ports, lines } = testPorts({ dialer });
  const onRelease: (() => void)[] = [];
  const host: GlobalHost = {
    ports,
    files: memoryFiles({}),
    env: {},
    isCompat,
    sessions: null as unknown as GlobalHost['sessions'],
    onRelease: (fn) => void onRelease.push(fn),
  };
  return {
    algo: algo.create(host),
    clock: ports.clock,
    lines,
    dials,
    release: () => onRelease.forEach((fn) => fn()),
  };
}

test('hash is a whole number below 2^53, the same in every run, and tells types apart', (t) => {
  const { hash } = world().algo;
  t.is(hash('a'), world().algo.hash('a'));
  // FNV-1a over 'string:tapline', folded; calculated elsewhere.
  t.is(hash('tapline'), 1004468114894241);
  t.not(hash('1'), hash(1));
  const object = {};
  t.is(hash(object), hash(object));
  t.not(hash(object), hash({}));
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const number = hash(value);
      t.true(Number.isSafeInteger(number) && number >= 0);
    }),
  );
});

test('Cache: made once, bounded, with free, ttl and remove', (t) => {
  const {
    algo: { Cache },
    clock,
  } = world();
  const freed: unknown[] = [];
  let made = 0;
  const cache = new Cache(
    (key: unknown) => `${String(key)}${++made}`,
    (key: unknown, value: unknown) => freed.push([key, value]),
    { size: 2, ttl: '1s' },
  );
  t.is(cache.get('a'), 'a1');
  t.is(cache.get('a'), 'a1');
  t.is(cache.get(1), '12');
  t.is(cache.get('1'), '13', 'types are never mixed; what was used longest ago leaves');
  t.deepEqual(freed, [['a', 'a1']]);
  t.true(cache.has(1));
  t.true(cache.remove(1));
  t.false(cache.remove(1));
  clock.pass(1000);
  t.false(cache.has('1'));
  t.is(cache.get('1'), '14');
  cache.clear();
  t.deepEqual(freed.slice(1), [
    [1, '12'],
    ['1', '13'],
    ['1', '14'],
  ]);
  const failing = new Cache(() => {
    throw new Error('no');
  });
  t.throws(() => failing.get(1), { message: 'no' });
  t.false(failing.has(1));
  t.throws(() => new Cache(), { message: 'argument #1 expects a function' });
  t.throws(() => new Cache(() => 1, null, { size: 0 }), { message: /size/ });
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 5 }), (keys, size) => {
      const held = new Set<unknown>();
      const bounded = new Cache(
        (key: unknown) => (held.add(key), key),
        (key: unknown) => held.delete(key),
        { size },
      );
      for (const key of keys) {
        t.is(bounded.get(key), key);
        t.true(held.size <= size);
      }
    }),
  );
});

test('URLRouter: domains before none, exact before prefix, the longest prefix', (t) => {
  const { URLRouter } = world().algo;
  const router = new URLRouter({
    '/': 'root',
    '/a/*': 'a',
    '/a/b/*': 'ab',
    '/a/exact': 'exact',
    'ex.org/*': 'ex',
    'ex.org/a': 'ex a',
    '*.ex.org/x': 'star',
  });
  const cases: [unknown[], unknown][] = [
    [['/'], 'root'],
    [['/a'], 'a'],
    [['/a/'], 'a'],
    [['/a/x/y'], 'a'],
    [['/a/b/c'], 'ab'],
    [['/a/exact'], 'exact'],
    [['/a/exact/'], 'a'],
    [['ex.org', '/a/b?c'], 'ex'],
    [['ex.org:8080', '/a?q=/'], 'ex a'],
    [['www.ex.org', '/x'], 'star'],
    [['www.ex.org', '/a'], 'a'],
    [['a.b.ex.org', '/x'], undefined],
    [['other.org', '/'], 'root'],
    [[null, '/a', undefined, 'b'], 'ab'],
    [['nothing'], undefined],
    [['/A'], undefined],
  ];
  for (const [parts, value] of cases) t.is(router.find(...parts), value as string, JSON.stringify(parts));
  t.throws(() => router.add('no-slash', 1), { message: /invalid URL pattern/ });
  t.throws(() => router.add('h:80/x', 1), { message: /invalid URL pattern/ });
  const segments = fc
    .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(segments, fc.boolean()), { maxLength: 8 }), segments, (rules, wanted) => {
      const own = new URLRouter();
      const model = new Map<string, string>();
      for (const [base, isPrefix] of rules) {
        const pattern = isPrefix ? `${base === '/' ? '' : base}/*` : base;
        own.add(pattern, pattern);
        model.set(pattern, pattern);
      }
      const best = [...model.keys()]
        .filter(
          (pattern) =>
            pattern === wanted || (pattern.endsWith('/*') && `${wanted}/`.startsWith(pattern.slice(0, -1))),
        )
        .toSorted(
          (left, right) => Number(right === wanted) - Number(left === wanted) || right.length - left.length,
        )[0];
      t.is(own.find(wanted), best);
    }),
  );
});

test('RoundRobin: each round gives every target exactly its weight', (t) => {
  const { RoundRobinLoadBalancer } = world().algo;
  fc.assert(
    fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }), (weights) => {
      const balancer = new RoundRobinLoadBalancer(
        Object.fromEntries(weights.map((weight, index) => [`t${index}`, weight])),
      );
      const round = weights.reduce((sum, weight) => sum + weight, 0);
      for (let turn = 0; turn < 3; turn++) {
        const hits: Record<string, number> = {};
        for (let count = 0; count < round; count++) {
          const target = balancer.select();
          hits[target] = (hits[target] ?? 0) + 1;
        }
        t.deepEqual(
          hits,
          Object.fromEntries(
            weights.map((weight, index) => [`t${index}`, weight] as const).filter(([, weight]) => weight > 0),
          ),
        );
      }
      if (round === 0) t.is(balancer.select(), undefined);
    }),
  );
  const balancer = new RoundRobinLoadBalancer({ a: 1, b: 1 });
  t.is(balancer.select('tag'), 'a');
  t.is(balancer.select('tag'), 'a');
  balancer.set('a', 0);
  t.is(balancer.select('tag'), 'b', 'a target without weight is not remembered');
  t.is(balancer.deselect('b'), undefined);
  t.throws(() => balancer.set('a', '1'), { message: /argument #2 expects a number/ });
});

test('LeastWork: the least work for its weight; a tag adds work as well', (t) => {
  const { LeastWorkLoadBalancer } = world().algo;
  const balancer = new LeastWorkLoadBalancer({ a: 1, b: 2 });
  t.deepEqual(
    [balancer.select(), balancer.select(), balancer.select(), balancer.select()],
    ['a', 'b', 'b', 'a'],
  );
  balancer.deselect('b');
  t.is(balancer.select(), 'b');
  const tagged = new LeastWorkLoadBalancer({ a: 1, b: 1 });
  t.deepEqual(
    [tagged.select('x'), tagged.select('x'), tagged.select(), tagged.select()],
    ['a', 'a', 'b', 'b'],
  );
  for (let count = 0; count < 5; count++) tagged.deselect('a');
  t.is(tagged.select(), 'a');
});

test('Hashing: the target at hash modulo count', (t) => {
  const { HashingLoadBalancer, hash } = world().algo;
  const balancer = new HashingLoadBalancer(['a', 'b', 'c']);
  for (const tag of ['x', 'y', 7]) t.is(balancer.select(tag), ['a', 'b', 'c'][hash(tag) % 3]!);
  const empty = new HashingLoadBalancer();
  t.is(empty.select('x'), undefined);
  empty.add('only');
  t.is(empty.select('x'), 'only');
  t.throws(() => balancer.select(), { message: /requires 1 or more/ });
});

test('ResourcePool: the same for a tenant, the oldest freed first', (t) => {
  const { ResourcePool } = world().algo;
  let last = 0;
  const pool = new ResourcePool(() => ++last);
  t.deepEqual(
    [pool.allocate('p', 'ann'), pool.allocate('p', 'ann'), pool.allocate('p'), pool.allocate('q', 'ann')],
    [1, 1, 2, 3],
  );
  pool.free(2);
  pool.freeTenant('ann');
  pool.free(99);
  t.deepEqual([pool.allocate('p'), pool.allocate('p'), pool.allocate('q'), pool.allocate('q')], [2, 1, 3, 4]);
});

test('Percentile against a model', (t) => {
  const { Percentile } = world().algo;
  const bounds = fc
    .uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 })
    .map((all) => all.toSorted((x, y) => x - y));
  fc.assert(
    fc.property(
      bounds,
      fc.array(fc.integer({ min: 0, max: 60 })),
      fc.integer({ min: -5, max: 100 }),
      (limits, scores, percent) => {
        const own = new Percentile(limits);
        for (const score of scores) own.score(score);
        const placed = scores
          .map((score) => limits.find((limit) => score <= limit) ?? Infinity)
          .toSorted((x, y) => x - y);
        const expected =
          scores.length === 0 || percent <= 0
            ? 0
            : placed[Math.max(1, Math.ceil((scores.length * percent) / 100)) - 1];
        t.is(own.calculate(percent), expected as number);
        own.reset();
        t.is(own.calculate(50), 0);
      },
    ),
  );
  for (const bad of [
    [0, 1],
    [2, 1],
    [1, 1],
  ])
    t.throws(() => new Percentile(bad), { message: 'scores are not in ascending order' });
});

test('health, passive: three failures take a target out, for a time', (t) => {
  const {
    algo: { RoundRobinLoadBalancer },
    clock,
    lines,
  } = world();
  const balancer = new RoundRobinLoadBalancer({ a: 1, b: 1 }, { health: { failTimeout: '5s' } });
  balancer.fail('a');
  balancer.fail('a');
  t.true(balancer.isHealthy('a'));
  balancer.pass('a');
  for (let count = 0; count < 3; count++) balancer.fail('a');
  t.false(balancer.isHealthy('a'));
  t.deepEqual([balancer.select(), balancer.select(), balancer.select()], ['b', 'b', 'b']);
  clock.pass(5000);
  t.true(balancer.isHealthy('a'), 'it is tried again');
  balancer.fail('a');
  t.false(balancer.isHealthy('a'), 'one failure is enough now');
  clock.pass(5000);
  balancer.pass('a');
  t.deepEqual(lines, ['warn [algo] target a is down: it failed in use', 'info [algo] target a is up']);
  for (const target of ['a', 'b']) for (let count = 0; count < 3; count++) balancer.fail(target);
  t.truthy(balancer.select(), 'where all are down all are used');
});

test('health, active: by connection and by path, until released', (t) => {
  const {
    algo: { LeastWorkLoadBalancer, HashingLoadBalancer },
    clock,
    lines,
    dials,
    release,
  } = world();
  const balancer = new LeastWorkLoadBalancer(
    { 'a:1': 1, 'b:1': 1 },
    { health: { interval: '1s', timeout: '200ms', maxFails: 2, path: '/up' } },
  );
  t.is(dials.length, 0, 'nothing is dialed while a script loads');
  const round = (answer: (dial: World['dials'][number]) => void): void => {
    clock.pass(1000);
    for (const dial of dials.splice(0)) answer(dial);
  };
  const say =
    (status: number) =>
    ({ listener, sent }: World['dials'][number]): void => {
      t.regex(sent, /^GET \/up HTTP\/1\.1\r\nHost: \w:1\r\n/);
      listener.onConnect!();
      listener.onBytes(Buffer.from(`HTTP/1.1 ${status}`));
      listener.onBytes(Buffer.from(' X\r\n\r\n'));
    };
  const only = (target: string, status: number) => (dial: World['dials'][number]) =>
    say(dial.target === target ? status : 204)(dial);
  round(only('a:1', 503));
  t.true(balancer.isHealthy('a:1'));
  round(only('a:1', 500));
  t.false(balancer.isHealthy('a:1'));
  t.is(balancer.select(), 'b:1');
  round(say(200));
  t.false(balancer.isHealthy('a:1'), 'two good checks bring it back');
  round(say(302));
  t.true(balancer.isHealthy('a:1'));
  // Silence is a failure.
  clock.pass(1000);
  const silent = dials.splice(0);
  clock.pass(200);
  t.true(silent.every(({ isOver }) => isOver));
  const byConnection = new HashingLoadBalancer(['c:1'], { health: { interval: '1s', maxFails: 1 } });
  clock.pass(1000);
  const check = dials.find(({ target }) => target === 'c:1')!;
  check.listener.onEnd('ConnectionRefused', 'no');
  t.false(byConnection.isHealthy('c:1'));
  t.true(lines.some((line) => line.includes('target a:1 is down: /up answers 500')));
  t.true(lines.some((line) => line.includes('c:1 is down: ConnectionRefused: no')));
  release();
  dials.length = 0;
  clock.pass(10_000);
  t.is(dials.length, 0);
  for (const bad of [{ intervall: 1 }, { interval: 'soon' }, { maxFails: 0 }, { path: 'up' }])
    t.throws(() => new LeastWorkLoadBalancer({}, { health: bad }), { message: /option/ });
});
