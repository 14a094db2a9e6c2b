import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { startClinic } from '../../../load-tests/profiling/clinic.ts';
import { makeDataDir } from '../../support/process.ts';

test('a program that does not listen is told of with its words, and leaves nothing running', async (t) => {
  const folder = await makeDataDir(t);
  const program = path.join(folder, 'program.mjs');
  writeFileSync(program, `console.error('this is why'); process.exitCode = 3;`);
  const [workFolder, output] = [path.join(folder, 'work'), path.join(folder, 'out')];
  for (const one of [workFolder, output]) mkdirSync(one);
  await t.throwsAsync(
    startClinic({ tool: 'heapprofiler', program: [program], dataDir: folder, workFolder, output }),
    { message: /clinic ended with \d[^]*this is why/ },
  );
  t.deepEqual(readdirSync(workFolder), []);
});
