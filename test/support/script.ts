import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';
import { type Fixture, startFixture, type UpstreamScript } from './fixture.ts';

/** A gateway that runs `source`; it listens with `.listen(audit.listen)` and finds the upstream in `audit.upstream`. */
export async function startScript(
  t: ExecutionContext,
  source: string,
  upstream: UpstreamScript | { target: string } = { target: '127.0.0.1:1' },
  args: readonly string[] = [],
): Promise<Fixture> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-script-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'main.js');
  await writeFile(file, source);
  return startFixture(t, upstream, args, file);
}
