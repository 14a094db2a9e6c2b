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
    ['pipy()\n.listen(1, { tls: 5 })', 2, 2],
    ["pipy()\n.listen(1, { tls: { cert: 'a' } })", 2, 2],
    ["pipy()\n.listen(1, { tls: { cert: 'a', key: 'b' } })", 2, 2],
    ['pipy()\n.listen(1, { maxConnections: 0 })', 2, 2],
    ["pipy()\n.listen(1)\n.pipeline('a').pipeline('a')", 3, 16],
    ['pipy()\n.onData(() => 1)', 2, 2],
    ['5', 1, 1],
    ['', 1, 1],
    ['pipy().listen(1); 2', 1, 19],
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
      t.notThrows(
        () =>
          load({
            '/main.js': example,
            '/lib/audit.js': "pipy().pipeline('all').onData(data => console.log(__argv, data.size))",
          }),
        `${filter.name}: ${example}`,
      );
});

const GREETER = `pipy({ _name: 'module' })
  .pipeline('names').onData(data => data.push(' ' + _name + ' ' + __argv.join() + ' ' + __filename))
  .pipeline('json').onData(data => data.push(' ' + JSON.stringify(__argv)))
  .pipeline('calls').onData(data => data.push(' ' + __argv.length + __argv[0] + __argv[1]()))`;

test('19: use: modules have variables of their own, and arguments', (t) => {
  const main = `pipy({ _name: 'ann' }).listen(1)
    .use('lib/a.js', 'names', () => [_name, __filename])
    .use('/lib/b.js', 'json', 'plain')
    .use('lib/../lib/c.js', 'calls', 1, () => 2)
    .use('d.js', 'json')`;
  const files = { '/main.js': main, '/lib/a.js': GREETER, '/lib/b.js': GREETER, '/lib/c.js': GREETER };
  t.is(
    run(load({ ...files, '/d.js': GREETER }), 'x'),
    'x module ann,/main.js /lib/a.js ["plain"] 212 null<end >',
  );
});

test('two uses of one module in one session: the arguments of the later one stay', (t) => {
  const main = `pipy().listen(1).use('a.js', 'json', 'first').use('a.js', 'json', 'second')`;
  t.is(run(load({ '/main.js': main, '/a.js': GREETER }), 'x'), 'x ["second"] ["second"]<end >');
});

test('files may use each other; a file is loaded once', (t) => {
  const loaded = load({
    '/main.js': `pipy({ _log: '' }).listen(1).use('a.js', 'p').pipeline('q').onData(data => data.push('main'))`,
    '/a.js': `pipy().pipeline('p').use('main.js', 'q')`,
  });
  t.is(run(loaded, '>'), '>main<end >');
  t.is(loaded.program.modules.length, 2);
});

test('what use names must be there, inside the folder of the program, and not itself', (t) => {
  const cases: [string, RegExp][] = [
    ["use('none.js', 'p')", /cannot load module: none\.js/],
    ["use('../up.js', 'p')", /outside the program's folder/],
    ["use('lib/../../up.js', 'p')", /outside the program's folder/],
    ["use('lib.js', 'pp')", /pipeline not found: pp in lib\.js; did you mean p\?/],
    ["use('lib.js', 'round')", /recursive pipeline/],
    ["use('lib.js')", /requires 2 or more arguments/],
    ["use('broken.js', 'p')", /syntax error/],
  ];
  for (const [filter, message] of cases)
    t.throws(
      () =>
        load({
          '/main.js': `pipy().listen(1)\n.${filter}\n.pipeline('back').use('lib.js', 'round')`,
          '/lib.js': `pipy().pipeline('p').pipeline('round').use('main.js', 'back')`,
          '/broken.js': 'pipy(',
        }),
      { message },
      filter,
    );
});

test('one port cannot be listened on twice, in no two files either', (t) => {
  t.throws(
    () =>
      load({
        '/main.js': `pipy()\n.listen(81).use('a.js', 'p')`,
        '/a.js': `pipy().pipeline('p')\n.listen('127.0.0.1:81')`,
      }),
    { message: /port 81 is listened on twice, also at \/main\.js:2:2/ },
  );
  t.notThrows(() => load(`pipy().listen('127.0.0.1:81').listen('127.0.0.2:81')`));
});

test('doubtful places are warned of, with their place and what was meant', (t) => {
  const { program } = load(`pipy({ _count: 0 }).listen(80, { reuze: true })
    .onData(() => (_cuont++, typeof _missing))
    .connect('a:1', { retryCont: 1 })
    .onData(() => JSON.pars('1'))`);
  t.deepEqual(
    program.warnings.map(({ line, column, message }) => `${line}:${column} ${message}`).sort(),
    [
      '1:21 listen: unknown option reuze; did you mean reuse?',
      '2:20 unresolved identifier: _cuont; did you mean _count?',
      '3:6 connect: unknown option retryCont; did you mean retryCount?',
      '4:24 JSON has no pars; did you mean parse?',
    ].sort(),
  );
});

test('a Session is fed by a script and says when it is done', (t) => {
  const loaded = load(`pipy({ worker: { it: null }, seen: [] }).listen(1)
    .onSessionStart(() => worker.it ??= new Session(__filename, 'work'))
    .onData(data => (
      worker.it.input(new Message(data), [new Data('!'), null]),
      data.push(' ' + seen.join() + ' ' + worker.it.done + ' ' + worker.it.remoteAddress + ':' + worker.it.remotePort),
      worker.it.input(new SessionEnd),
      worker.it.input('late'),
      data.push(' ' + worker.it.done + seen.length)
    ))
    .pipeline('work').onData(data => seen.push(data.toString()))`);
  t.is(run(loaded, 'a'), 'a a,! false 10.0.0.1:1234 true2');
  const failing = load(`pipy().listen(1).onData(() => new Session('/main.js', 'nowhere'))`);
  t.is(run(failing), '<end RuntimeError>');
  t.true(failing.lines.join('\n').includes('pipeline not found: nowhere'));
});
