import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { readOptions } from '../../src/config/read-options.ts';
import { loadOnly } from '../../src/gateway/load-program.ts';
import { programOfScript } from '../../src/gateway/program-source.ts';
import { scriptLanguage } from '../../src/gateway/script-language.ts';
import type { Graph, GraphNode } from '../../src/script/graph.ts';
import { programGraphs } from '../../src/script/program-graph.ts';
import { readScript } from '../../src/script/read-script.ts';
import { ScriptError } from '../../src/script/script-error.ts';

const EXAMPLES = path.join(import.meta.dirname, '../../examples');
const TLS = path.join(import.meta.dirname, '../support/tls');
const { options } = readOptions({
  argv: ['--upstream=http://127.0.0.1:1', '--inject=traceparent'],
  env: {},
  cwd: EXAMPLES,
});
const language = scriptLanguage(options);

const scripts = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.js'),
);

/** Names of roots differ: a text does not tell where it listens. */
function comparable({ roots, nodes }: Graph): unknown {
  return {
    roots,
    nodes: nodes.map(({ key: _key, file: _file, name, ...node }: GraphNode) => ({
      ...node,
      name: node.t === 'root' ? '' : name,
    })),
  };
}

for (const script of scripts)
  test(`the chart of ${script} is the same from its text and from the running program`, (t) => {
    const text = readFileSync(path.join(EXAMPLES, script), 'utf8');
    const { graph, problems } = readScript(text, language);
    t.deepEqual(problems, []);
    t.true(graph.nodes.length > 0);
    const root = script.split(path.sep).includes('lib') ? path.dirname(path.dirname(script)) : null;
    const main = path.join(EXAMPLES, root === null ? script : path.join(root, 'main.js'));
    for (const [name, file] of [
      ['CERT', 'cert.pem'],
      ['KEY', 'key.pem'],
      ['CA', 'cert.pem'],
    ])
      process.env[name!] = path.join(TLS, file!);
    const program = loadOnly({ program: programOfScript(main), options }, { write: () => {} });
    program.release();
    const running =
      programGraphs(program)[`/${path.relative(path.dirname(main), path.join(EXAMPLES, script))}`];
    t.deepEqual(comparable(graph), comparable(running!));
  });

test('nodes are numbered depth first and named as the page expects', (t) => {
  const { graph } = readScript(
    `pipy()
.pipeline('alone').dummy()
.listen(8000).fork('copy').link('a', () => true, 'nowhere').use('lib/x.js', 'all')
.task('5s').replaceMessage(() => new SessionEnd)
.task(5)
.listen(where)
.pipeline('copy').dummy()
.pipeline('a').mux('a')`,
    language,
  );
  t.deepEqual(
    graph.nodes.map(({ name, t: type, p, c }) => [name, type, p, c]),
    [
      ['Listen #2', 'root', undefined, undefined],
      ['Listen 0.0.0.0:8000', 'root', undefined, [2, 5, 10]],
      ['fork', 'fork', 1, [3]],
      ['copy', 'pipeline', 2, [4]],
      ['dummy', 'filter', 3, undefined],
      ['link', 'link', 1, [6, 9]],
      ['a', 'pipeline', 5, [7]],
      ['mux', 'link', 6, [8]],
      ['recursive pipeline: a', 'pipeline', 7, undefined],
      ['pipeline not found: nowhere', 'pipeline', 5, undefined],
      ['use lib/x.js [all]', 'filter', 1, undefined],
      ['Task #2', 'root', undefined, undefined],
      ['Task every 5s', 'root', undefined, [13]],
      ['replaceMessage', 'filter', 12, undefined],
      ['alone', 'root', undefined, [15]],
      ['dummy', 'filter', 14, undefined],
    ],
  );
});

test('what is no configuration has an empty chart', (t) => {
  for (const text of ['', '  \n', '42', '({ a: 1 })', 'pipy', 'other().listen(1)', '(() => { return })()'])
    t.deepEqual(readScript(text, language).graph, { roots: [], nodes: [] }, text);
});

test('a configuration is found behind what is called in its place', (t) => {
  for (const text of [
    'pipy().listen(1).dummy()',
    '(config => pipy().listen(1).dummy())({ a: 1 })',
    '(() => { const a = 1; return pipy({ a }).listen(1).dummy() })()',
    "(console.log('x'), pipy().listen(1)['dummy']())",
  ])
    t.is(readScript(text, language).graph.nodes.length, 2, text);
});

test('what is no JavaScript is an error with its place', (t) => {
  const error = t.throws(() => readScript('pipy()\n  .listen(1x)', language), { instanceOf: ScriptError })!;
  t.is(`${(error as ScriptError).line}:${(error as ScriptError).column}`, '2:12');
  t.throws(() => readScript('var a = 1', language), { message: /one expression/ });
});

const PROBLEMS: readonly (readonly [string, string])[] = [
  ['pipy().listen(1).conect("x")', '1:18 error unknown filter: conect; did you mean connect?'],
  ['pipy().dummy()', '1:8 error no pipeline found: begin with listen(), task() or pipeline()'],
  ['pipy().listen("x")', "1:15 error argument #1 expects a port, 'ip:port' or '[v6]:port', got \"x\""],
  ['pipy().listen(1, { tsl: {} })', '1:20 warning listen: unknown option tsl; did you mean tls?'],
  ['pipy().listen(1).connect()', '1:18 error connect: requires 1 or more arguments'],
  ['pipy().listen(1).connect(7)', '1:26 error connect: argument #1 expects a string or a function'],
  ['pipy().listen(1).connect("a:1", { retry: 1 })', '1:35 warning connect: unknown option retry'],
  [
    'pipy().listen(1).connect("a:1", { retryDelay: "soon" })',
    "1:18 error option retryDelay expects seconds or a duration such as '500ms'",
  ],
  ['pipy().listen(1).link("a").pipeline("b")', '1:18 error pipeline not found: a; did you mean b?'],
  ['pipy().listen(1).link("a").pipeline("a").link("a")', '1:42 error recursive pipeline: a'],
  ['pipy().listen(1).link("a", 3).pipeline("a")', '1:28 error argument #2 expects a function'],
  ['pipy().pipeline("a").pipeline("a")', '1:31 error pipeline "a" is declared twice'],
  ['pipy().task("1ms")', '1:13 error time interval out of range: expected 0.01 to 86400 seconds'],
  ['pipy().listen(80).listen(80)', '1:19 error port 80 is listened on twice'],
  ['pipy({ Data: 1 })', '1:8 error variable Data has the name of a built-in'],
  [
    'pipy({ coutn: 0 }).listen(1).onData(() => count++)',
    '1:43 warning unresolved identifier: count; did you mean coutn?',
  ],
  ['pipy().listen(1).onData(() => algo.Cahe)', '1:36 warning algo has no Cahe; did you mean Cache?'],
  ['pipy().listen(audit.lisen)', '1:21 warning audit has no lisen; did you mean listen?'],
  ['pipy().listen(1).onData(() => __inbound = 1)', '1:31 error __inbound is read-only'],
];

for (const [text, expected] of PROBLEMS)
  test(`told without running: ${text}`, (t) => {
    const shown = readScript(text, language).problems.map(
      ({ message, line, column, severity }) => `${line}:${column} ${severity} ${message}`,
    );
    t.true(
      shown.some((one) => one.startsWith(expected)),
      shown.join('\n'),
    );
    t.is(shown.length, 1, shown.join('\n'));
  });

test('what only running would show is no problem', (t) => {
  for (const text of [
    'pipy(variables).listen(port).onData(() => anything)',
    'pipy({ ...more }).listen(1).onData(() => anything)',
    'pipy().listen(1).connect(...targets)',
    'pipy({ t: 1 }).listen(1).connect(t, options(t)).link(t)',
    'pipy({ a: "x" }).listen(1).link("made").pipeline(a)',
    'pipy().listen(1).connect("a:1", { tls: os.readFile("x"), ["bufferLimit"]: 1 })',
  ])
    t.deepEqual(
      readScript(text, language).problems.filter(({ severity }) => severity === 'error'),
      [],
      text,
    );
});

test('a chart is bounded: pipelines that fan out, and chains without end', (t) => {
  const wide = Array.from({ length: 30 }, (_, n) => `.pipeline('p${n}').link('p${n + 1}').link('p${n + 1}')`);
  const { graph } = readScript(`pipy().listen(1).link('p0')${wide.join('')}.pipeline('p30')`, language);
  t.true(graph.isCut);
  t.true(graph.nodes.length < 20_000, `${graph.nodes.length}`);
  const deep = Array.from({ length: 3000 }, (_, n) => `.pipeline('p${n}').link('p${n + 1}')`);
  t.true(readScript(`pipy().listen(1).link('p0')${deep.join('')}`, language).graph.isCut);
});

test('any text is read or refused with a place, and nothing else happens', (t) => {
  const piece = fc.constantFrom(
    ...[
      'pipy(',
      '()',
      '{',
      '}',
      '.listen(',
      "'a'",
      ')',
      '.link(',
      '=>',
      '`${',
      '...',
      '.pipeline(',
      ',',
      '1',
      '\n',
    ],
    ...['__proto__', ':', '.use(', '.constructor(', '.toString(', 'new Message('],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
      ),
      (text) => {
        try {
          const { graph, problems } = readScript(text, language);
          for (const { p } of graph.nodes) t.true(p === undefined || p < graph.nodes.length);
          for (const { line, column } of problems) t.true(line >= 1 && column >= 1);
        } catch (error) {
          t.true(error instanceof ScriptError, String(error));
          t.true((error as ScriptError).line >= 1);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
