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
