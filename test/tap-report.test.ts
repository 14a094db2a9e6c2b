import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

const REPORT = `
import { test } from 'supertap';
const error = new Error('odd');
error.stack = 'Error: odd';
console.log(test('a test', { error, index: 1, passed: false }));
`;

test('an error without a place is reported, and ends no run of the tests', async (t) => {
  const shim = import.meta.resolve('./support/tap-report.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--import=${shim}`,
    '--input-type=module',
    `--eval=${REPORT}`,
  ]);
  t.is(stdout, 'not ok 1 - a test\n  ---\n    name: Error\n    message: odd\n  ...\n');
});
