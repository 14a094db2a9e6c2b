import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { build } from 'esbuild';
import { resolvePositions } from '../../src/profiling/source-positions.ts';
import type { CallFrame, CpuProfile } from '../../src/profiling/v8-profile.ts';
import { makeDataDir } from '../support/process.ts';

/** Time of other processes does not count: each function is found in its own. */
const SOURCE = `
const cpuMicroseconds = (): number => process.threadCpuUsage().user;

export function longNameOfAFunction(amount: number): number {
  return amount * Math.random();
}

export class LongNameOfAClass {
  readonly #secret: number;

  constructor(amount: number) {
    let sum = longNameOfAFunction(amount);
    for (const until = cpuMicroseconds() + 30_000; cpuMicroseconds() < until; ) sum += Math.sqrt(sum);
    this.#secret = sum;
  }

  #privateMethod(): number {
    let sum = this.#secret;
    for (const until = cpuMicroseconds() + 30_000; cpuMicroseconds() < until; ) sum += Math.sqrt(sum);
    return sum;
  }

  method(): number {
    return [1].map(() => this.#privateMethod())[0]!;
  }
}

export const run = (): number => new LongNameOfAClass(longNameOfAFunction(1)).method();
`;

test('a profile of a minified bundle gets the names and places of its sources', async (t) => {
  const folder = await makeDataDir(t);
  const source = path.join(folder, 'src', 'amounts.ts');
  await build({
    stdin: { contents: SOURCE, sourcefile: source, loader: 'ts', resolveDir: folder },
    outfile: path.join(folder, 'dist', 'bundle.js'),
    minify: true,
    keepNames: true,
    format: 'esm',
    sourcemap: 'linked',
  });
  const bundle = pathToFileURL(path.join(folder, 'dist', 'bundle.js')).href;
  const { startCpuProfile } = await import('node:v8');
  const { run } = (await import(bundle)) as { run: () => number };
  const profiling = startCpuProfile({ sampleInterval: 0.5 });
  run();
  const profile = JSON.parse(profiling.stop()) as CpuProfile;
  const before = framesIn(profile, bundle);
  t.false(before.some(({ functionName }) => functionName === 'LongNameOfAClass'));
  const hasTicks = (): boolean =>
    profile.nodes.some(
      ({ callFrame, positionTicks }) => positionTicks !== undefined && /bundle|amounts/.test(callFrame.url),
    );
  t.true(hasTicks());
  resolvePositions(profile);
  t.deepEqual(framesIn(profile, bundle), [], 'every place is resolved');
  t.false(hasTicks(), 'lines of a bundle say nothing');
  const found = new Set(
    framesIn(profile, pathToFileURL(source).href).map(
      ({ functionName, lineNumber }) => `${functionName}:${lineNumber + 1}`,
    ),
  );
  for (const expected of ['LongNameOfAClass:11', '#privateMethod:17', 'method:23', ':24'])
    t.true(found.has(expected), `${expected} of ${[...found].join(' ')}`);
});

test('scripts without a map, with a broken one, or gone stay as they are', async (t) => {
  const folder = await makeDataDir(t);
  writeFileSync(path.join(folder, 'plain.js'), 'export {};\n');
  writeFileSync(path.join(folder, 'broken.js'), 'export {};\n//# sourceMappingURL=broken.js.map\n');
  writeFileSync(path.join(folder, 'broken.js.map'), '{"version":3');
  const frames = ['plain.js', 'broken.js', 'gone.js']
    .map((name) => pathToFileURL(path.join(folder, name)).href)
    .concat('node:fs', '')
    .map((url): CallFrame => ({ functionName: 'f', scriptId: '1', url, lineNumber: 0, columnNumber: 7 }));
  const profile: CpuProfile = {
    nodes: frames.map((callFrame, id) => ({ id, callFrame, positionTicks: [{ line: 1, ticks: 1 }] })),
    startTime: 0,
    endTime: 0,
    samples: [],
    timeDeltas: [],
  };
  const copy = structuredClone(profile);
  resolvePositions(profile);
  t.deepEqual(profile, copy);
});

function framesIn({ nodes }: CpuProfile, url: string): CallFrame[] {
  return nodes.map(({ callFrame }) => callFrame).filter((frame) => frame.url === url);
}
