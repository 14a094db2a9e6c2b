import * as os from 'node:os';
import test from 'ava';
import { Data } from '../../src/core/data.ts';
import { type Event, SessionEnd } from '../../src/core/event.ts';
import { Flow } from '../../src/core/flow.ts';
import { Stream } from '../../src/core/stream.ts';
import { ChildProcesses } from '../../src/net/child-processes.ts';
import { Session } from '../../src/core/pipeline.ts';
import { loadTestProgram, TEST_INBOUND } from '../support/program.ts';

interface Run {
  readonly session: Session;
  readonly lines: string[];
  text: string;
  readonly ended: Promise<string>;
  readonly sink: Flow;
}

function run(command: string): Run {
  const { program, lines } = loadTestProgram(`pipy().listen(1).exec(${command})`, {
    processes: new ChildProcesses(os.tmpdir(), 65_536),
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  const sink = new Flow();
  const result: Run = {
    lines,
    text: '',
    ended: promise,
    sink,
    session: new Session(
      program.listens[0]!.layout,
      program.createContext(TEST_INBOUND),
      new Stream(null, sink),
      (event: Event) => {
        if (event.kind === 'data') result.text += event.toString();
        else if (event.kind === 'session-end') resolve(event.error);
      },
    ),
  };
  return result;
}

test('bytes go in, bytes come out; the end of input is the end of its input', async (t) => {
  const sort = run("['sort']");
  sort.session.input(new Data('b\nc\n'));
  sort.session.input(new Data('a\n'));
  sort.session.input(new SessionEnd());
  t.is(await sort.ended, '');
  t.is(sort.text, 'a\nb\nc\n');
});

test('text is split at runs of blanks, quotes keep them; no shell sees it', async (t) => {
  const echo = run(`"echo  'a  b' \\"c d\\" $HOME;ls"`);
  echo.session.input(new Data('go'));
  t.is(await echo.ended, '');
  t.is(echo.text, 'a  b c d $HOME;ls\n');
  t.throws(() => loadTestProgram(`pipy().listen(1).exec("echo 'a")`), { message: /quote is not closed/ });
});

test('a status other than 0, and a program that is not there, end with UnknownError and a word', async (t) => {
  const failing = run(`() => ['sh', '-c', 'echo partial; exit 3']`);
  failing.session.input(new Data('x'));
  t.is(await failing.ended, 'UnknownError');
  t.is(failing.text, 'partial\n', 'all output comes before the end');
  t.true(failing.lines.some((line) => line.includes('status 3')));
  const missing = run(`'/no/such/program'`);
  missing.session.input(new Data('x'));
  t.is(await missing.ended, 'UnknownError');
  t.is(missing.text, '');
  t.true(missing.lines.some((line) => line.includes('cannot run /no/such/program')));
});

test('many bytes pass; a reader that is held holds the program', async (t) => {
  const cat = run("'cat'");
  const block = 'x'.repeat(1024 * 1024);
  for (let mebibytes = 0; mebibytes < 8; mebibytes++) cat.session.input(new Data(block));
  cat.sink.hold();
  cat.session.input(new SessionEnd());
  await new Promise((resolve) => setImmediate(resolve));
  const held = cat.text.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.true(cat.text.length - held <= 128 * 1024, 'at most one more read');
  cat.sink.release();
  t.is(await cat.ended, '');
  t.is(cat.text.length, 8 * 1024 * 1024);
});

test('a session that is dropped ends its program', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const real = new ChildProcesses(os.tmpdir(), 65_536);
  const { program } = loadTestProgram(
    `pipy().listen(1).exec(['sh', '-c', 'trap "exit 0" TERM; echo ready; while :; do sleep 0.05; done'])`,
    {
      processes: {
        spawn: (command, listener) => {
          const child = real.spawn(command, listener);
          return {
            ...child,
            sending: child.sending,
            reading: child.reading,
            write: (bytes) => child.write(bytes),
            end: () => child.end(),
            kill: () => (child.kill(), resolve()),
          };
        },
      },
    },
  );
  const ready = Promise.withResolvers<void>();
  const session = new Session(program.listens[0]!.layout, program.createContext(null), new Stream(), () =>
    ready.resolve(),
  );
  session.input(new Data('x'));
  await ready.promise;
  session.release();
  await promise;
  t.pass();
});
