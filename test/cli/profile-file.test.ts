import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { ProfileFile } from '../../src/cli/profile-file.ts';
import type { CpuProfile } from '../../src/profiling/v8-profile.ts';
import { makeDataDir } from '../support/process.ts';

const PROFILE: CpuProfile = {
  nodes: [
    {
      id: 1,
      callFrame: { functionName: 'hot', scriptId: '1', url: 'node:net', lineNumber: 0, columnNumber: 0 },
    },
  ],
  startTime: 0,
  endTime: 2000,
  samples: [1],
  timeDeltas: [1000],
};

test('a profile is written when it is whole, for the user alone, and summed up', async (t) => {
  const file = path.join(await makeDataDir(t), 'a.cpuprofile');
  const writing = new ProfileFile(file, 'data-0', 'cpu');
  const text = JSON.stringify(PROFILE);
  writing.append(text.slice(0, 40));
  t.is(statSync(file).size, 0);
  writing.append(text.slice(40));
  t.deepEqual(writing.finish(), {
    thread: 'data-0',
    file,
    bytes: Buffer.byteLength(text),
    kind: 'cpu',
    wallMs: 2,
    total: 1,
    functions: [{ name: 'hot', place: 'node:net:1', self: 1, share: 1 }],
  });
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), PROFILE);
  t.is(statSync(file).mode & 0o777, 0o600);
});

test('a snapshot is written as it comes; given up, nothing of it is left', async (t) => {
  const file = path.join(await makeDataDir(t), 'a.heapsnapshot');
  const writing = new ProfileFile(file, 'main', 'snapshot');
  writing.append('{"secret":');
  t.is(readFileSync(file, 'utf8'), '{"secret":');
  t.is(statSync(file).mode & 0o777, 0o600);
  writing.discard();
  t.false(existsSync(file));
});

test('a file that is there is never written over', async (t) => {
  const file = path.join(await makeDataDir(t), 'a.heapsnapshot');
  writeFileSync(file, 'of somebody');
  t.throws(() => new ProfileFile(file, 'main', 'snapshot'), { code: 'EEXIST' });
  t.is(readFileSync(file, 'utf8'), 'of somebody');
});
