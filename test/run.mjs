// Runs ava, shows what it says, lists what was skipped and why, and ends with the plain line `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// Tests in a browser look at the page that is built.
spawnSync(process.execPath, ['bin/build-page.ts', '--if-stale'], { stdio: 'inherit' });
// Gateways of tests have a page only where the test is about it.
process.env.TAPLINE_GUI_PORT ??= '0';
const ava = spawn(
  process.execPath,
  [
    `--import=${import.meta.resolve('./support/tap-report.mjs')}`,
    fileURLToPath(new URL('cli.js', import.meta.resolve('ava'))),
    '--tap',
    ...process.argv.slice(2),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let passed = 0;
let failed = 0;
let isWhole = false;
const skipped = [];
for await (const line of createInterface({ input: ava.stdout })) {
  const result = /^(not )?ok \d+ - (.*)$/.exec(line);
  if (result === null) {
    if (/^1\.\.\d+$/.test(line)) isWhole = true;
    // What a test logged, and the details of a failure.
    if (/^\s|^#\s(?!tests|pass|skip|fail)/.test(line) && !/^#\s*$/.test(line)) console.log(line);
    continue;
  }
  const [, isFailure, name] = result;
  if (/# (SKIP|TODO)/.test(name)) skipped.push(name.replace(/ # (SKIP|TODO).*/, ''));
  else if (isFailure) {
    failed++;
    console.log(`not ok - ${name}`);
  } else {
    passed++;
    console.log(`ok - ${name}`);
  }
}
const code = await new Promise((resolve) =>
  ava.exitCode === null ? ava.once('close', resolve) : resolve(ava.exitCode),
);
if (!isWhole) {
  failed++;
  console.log('not ok - ava ended before it had told of all tests: what it said last is above');
} else if (code !== 0 && failed === 0) failed = 1;
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
