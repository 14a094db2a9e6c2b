import test from 'ava';
import { idleOptions } from '../../src/config/idle-options.ts';
import { readOptions } from '../../src/config/read-options.ts';

const idle = (...argv: string[]): string[] =>
  idleOptions(readOptions({ argv, env: { TAPLINE_CONFIG: '/dev/null' }, cwd: '/' }));

test('an option of a sink that is not there is told of', (t) => {
  t.deepEqual(idle('--file-keep=3', '--elasticsearch-retention=1d', '--store=off', '--store-age=1d'), [
    '--file-keep does nothing without --file',
    '--elasticsearch-retention does nothing without --elasticsearch',
    '--store-age does nothing with --store=off',
  ]);
  t.deepEqual(idle('--file=/tmp/a', '--file-keep=3', '--store-age=1d', '--store=on'), []);
  t.deepEqual(idle(), []);
});

test('options of a page that is not there are told of', (t) => {
  const trace = '--trace-url=https://jaeger.example/{trace}';
  t.deepEqual(idle('--gui-port=0', '--gui-hosts=gateway', trace), [
    '--gui-hosts does nothing with --gui-port=0',
    '--trace-url does nothing with --gui-port=0',
  ]);
  t.deepEqual(idle('--gui-port=8001', '--gui-hosts=gateway', trace), []);
});
