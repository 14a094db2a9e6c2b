import test from 'ava';
import { Progress } from '../../load-tests/progress.ts';

function screen(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  return {
    text: () => text,
    stream: {
      isTTY,
      columns: 100,
      write: (more: string) => {
        text += more;
        return true;
      },
    } as NodeJS.WriteStream,
  };
}

function play(isTTY: boolean, env: NodeJS.ProcessEnv): string {
  const { stream, text } = screen(isTTY);
  const progress = new Progress(stream, env, 4);
  progress.begin('nginx 1/2');
  progress.end(1, '100/s');
  progress.begin('nginx 2/2');
  progress.end(3, '200/s');
  progress.stop();
  return text();
}

test('without a terminal there is a plain line a step', (t) => {
  t.is(play(false, {}), '[25 %] nginx 1/2: 100/s\n[100 %] nginx 2/2: 200/s\n');
});

test('on a terminal there is a bar, with colour unless that is not wanted', (t) => {
  const escape = String.fromCodePoint(27);
  const coloured = play(true, {});
  t.true(coloured.includes(`${escape}[36m`));
  t.true(coloured.includes('0 % nginx 1/2'));
  t.true(coloured.endsWith(`\r${escape}[K`), 'nothing of it is left');
  t.false(play(true, { NO_COLOR: '1' }).includes(`${escape}[36m`));
});
