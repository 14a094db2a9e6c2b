import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../src/core/event.ts';
import { Session } from '../../src/core/pipeline.ts';
import { Stream } from '../../src/core/stream.ts';
import { catalogue } from '../../src/filters/index.ts';
import { type LoadedProgram, loadTestProgram } from '../support/program.ts';

type Loaded = LoadedProgram;

const load = loadTestProgram;

/** Runs the listen pipeline once with one message and gives what comes out as text. */
function run({ program }: Loaded, body = 'in'): string {
  const out: string[] = [];
  const inbound = {
    id: 7,
    remoteAddress: '10.0.0.1',
    remotePort: 1234,
    localAddress: '10.0.0.2',
    localPort: 80,
  };
  const session = new Session(
    program.listens[0]!.layout,
    program.createContext(inbound),
    new Stream(),
    (event: Event) => {
      if (event.kind === 'data') out.push(event.toString());
      else if (event.kind === 'session-end') out.push(`<end ${event.error}>`);
    },
  );
  session.input(new MessageStart());
  session.input(new Data(body));
  session.input(new MessageEnd());
  session.release(new SessionEnd());
  return out.join('');
}

const evaluate = (expression: string, variables = '{}'): string =>
  run(
    load(
      `pipy(${variables}).listen(0).replaceMessage(message => new Data(JSON.stringify(${expression}) ?? 'undefined'))`,
    ),
  );

test('expressions of real JavaScript over context variables', (t) => {
  const cases: [string, string, unknown][] = [
    ['a + 1', '{ a: 1 }', 2],
    ['(a = 5, a)', '{ a: 1 }', 5],
    ['a++ + a', '{ a: 1 }', 3],
    ['++a', '{ a: undefined }', 1],
    ['(a += 2, a)', '{ a: null }', 2],
    ['(o.c++, ++o.c, o)', '{ o: { c: 0 } }', { c: 2 }],
    ["(o['x']++, o)", '{ o: {} }', { x: 1 }],
    ['(o.list.n += 3, o)', '{ o: { list: {} } }', { list: { n: 3 } }],
    ['(a => a * 2)(4)', '{ a: 1 }', 8],
    ['[1, 2].map(x => x + a)', '{ a: 10 }', [11, 12]],
    ['(({ a, b = a }) => [a, b])({ a: 3 })', '{ a: 1 }', [3, 3]],
    ['{ a }', '{ a: 1 }', { a: 1 }],
    ['{ a: 2, [b]: a }', "{ a: 1, b: 'k' }", { a: 2, k: 1 }],
    ['(() => { let a = 9; { let a = 8 } return a })()', '{ a: 1 }', 9],
    ['(() => { for (const a of [1, 2]) b += a; return b })()', '{ a: 1, b: 0 }', 3],
    ['(function f(n) { return n < 2 ? 1 : n * f(n - 1) })(5)', '{}', 120],
    // eslint-disable-next-line no-template-curly-in-string -- it is the script's
    ['`${a}-${`${b}`}`', '{ a: 1, b: 2 }', '1-2'],
    ['o?.p?.q ?? a', '{ o: null, a: 4 }', 4],
    ['(([a, b] = [b, a]), [a, b])', '{ a: 1, b: 2 }', [2, 1]],
    ['(() => { try { throw 1 } catch (a) { return a } })()', '{ a: 5 }', 1],
    ['new (class { #x = a; get() { return this.#x } })().get()', '{ a: 6 }', 6],
    ['typeof missing', '{}', 'undefined'],
    ['__inbound.remoteAddress', '{}', '10.0.0.1'],
    ['message.body.toString()', '{}', 'in'],
  ];
  for (const [expression, variables, expected] of cases)
    t.deepEqual(
      JSON.parse(evaluate(expression.startsWith('{') ? `(${expression})` : expression, variables)),
      expected,
      expression,
    );
});

test('each session has its own variables, and shares the objects in them', (t) => {
  const loaded = load(
    'pipy({ n: 0, o: { n: 0 } }).listen(0).replaceMessage(() => new Data(String([++n, ++o.n])))',
  );
  t.is(run(loaded), '1,1');
  t.is(run(loaded), '1,2');
});

test('a callback that fails ends its session only, and the log says where', (t) => {
  const loaded = load(`pipy({ n: 0, o: { n: 0 } })
  .listen(0)
  .replaceMessage(() => (
    o.n++ === 0 ? o.missing.x : new Data('fine')
  ))`);
  t.is(run(loaded), '<end RuntimeError>');
  t.is(run(loaded), 'fine');
  t.regex(loaded.lines.join('\n'), /error .*main\.js:4/);
});

test('bad scripts are refused with their place', (t) => {
  const cases: [string, number, number][] = [
    ['pipy(', 1, 6],
    ['pipy()\n.listen(0)\n.bogus()', 3, 2],
    ['pipy({ a: 1 })\n.listen(0)\n.onData(() => __inbound = 2)', 3, 15],
    ['pipy()\n.listen(70000)', 2, 2],
    ['pipy()\n.task("soon")', 2, 2],
    ['pipy()\n.listen(0)\n.fork(5)', 3, 2],
    ['pipy()\n.listen(0)\n.fork("nowhere")', 3, 2],
    ['pipy(5)', 1, 1],
  ];
  for (const [source, line, column] of cases) {
    const error = t.throws(() => load(source), { name: 'ScriptError' }, source) as unknown as {
      line: number;
      column: number;
    };
    t.deepEqual([error.line, error.column], [line, column], source);
  }
});

test('a script reaches nothing of the process', (t) => {
  for (const name of ['process', 'require', 'Buffer', 'fetch', 'setTimeout'])
    t.is(evaluate(`typeof ${name}`), '"undefined"', name);
});

test('every example of a filter loads', (t) => {
  for (const filter of catalogue)
    for (const example of filter.examples)
      t.notThrows(() => load(example.replaceAll("'up'", "'up'")), `${filter.name}: ${example}`);
});
