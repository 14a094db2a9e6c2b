import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { answering, OK, startUpstream } from './support/fixture.ts';

const ROOT = path.join(import.meta.dirname, '..');
const run = promisify(execFile);

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-build-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Takes everything that is sent by OTLP. */
async function startCollector(
  t: ExecutionContext,
): Promise<{ url: string; received: (path: string) => Promise<void> }> {
  const paths = new EventEmitter();
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      seen.add(request.url!);
      paths.emit(request.url!);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: async (url) => void (seen.has(url) || (await once(paths, url))),
  };
}

test('the bundle starts, passes a request, records it, ends in order, accounts for it, and sends it on', async (t) => {
  const folder = await folderOf(t);
  const dist = path.join(folder, 'dist');
  await run(process.execPath, [path.join(ROOT, 'bin/build.ts'), dist]);
  const main = path.join(dist, 'main.js');
  const upstream = await startUpstream(
    t,
    answering(() => OK),
  );
  const dataDir = path.join(folder, 'data');
  const gateway = spawn(
    process.execPath,
    [main, '--listen=127.0.0.1:0', `--upstream=http://${upstream}`, `--data-dir=${dataDir}`],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: folder },
  );
  t.teardown(() => gateway.kill('SIGKILL'));
  const ended = once(gateway, 'exit');
  let output = '';
  let port: string | undefined;
  while (port === undefined) {
    const [chunk] = (await once(gateway.stdout, 'data')) as [Buffer];
    output += chunk.toString();
    port = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
  }
  const answer = await fetch(`http://127.0.0.1:${port}/through/the/bundle`, {
    headers: { connection: 'close' },
  });
  t.is(await answer.text(), 'ok');
  const profiles = path.join(folder, 'profiles');
  let isProfiling = true;
  const profiled = run(process.execPath, [
    main,
    'profile',
    'cpu',
    '--seconds=1',
    '--thread=data-0',
    `--output=${profiles}`,
    `--data-dir=${dataDir}`,
  ]).finally(() => (isProfiling = false));
  let requests = 1;
  const client = async (): Promise<void> => {
    for (; isProfiling; requests++)
      await (await fetch(`http://127.0.0.1:${port}/through/the/bundle`)).arrayBuffer();
  };
  await Promise.all([client(), client(), client(), client()]);
  const { stdout: profile } = await profiled;
  t.regex(profile, /-data-0\.cpuprofile/);
  const [file] = await readdir(profiles);
  t.true(
    /"functionName":"#\w{3,}",[^}]*\/src\/[\w/-]+\.ts"/.test(
      await readFile(path.join(profiles, file!), 'utf8'),
    ),
    'names, also private ones, and places are those of the sources',
  );
  gateway.kill('SIGTERM');
  t.deepEqual(await ended, [0, null]);
  const records = await run(process.execPath, [main, 'records', `--data-dir=${dataDir}`]);
  t.regex(records.stdout, /200 .*\/through\/the\/bundle/);
  const verified = await run(process.execPath, [main, 'verify', `--data-dir=${dataDir}`]);
  t.regex(verified.stdout, new RegExp(`^complete: ${requests.toLocaleString('en')} records`));
  const version = await run(process.execPath, [main, '--version']);
  t.regex(version.stdout, /^Version {2}\d+\.\d+\.\d+/);
  await run(process.execPath, [main, 'init', path.join(folder, 'mine')]);

  const otlp = await startCollector(t);
  const exporting = spawn(
    process.execPath,
    [main, '--listen=127.0.0.1:0', `--upstream=http://${upstream}`, `--data-dir=${dataDir}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: folder,
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url },
    },
  );
  t.teardown(() => exporting.kill('SIGKILL'));
  const exported = once(exporting, 'exit');
  // What the first run recorded is new to this sink.
  await otlp.received('/v1/logs');
  await otlp.received('/v1/traces');
  exporting.kill('SIGTERM');
  // The gateway's own metrics are sent at the end at the latest.
  await otlp.received('/v1/metrics');
  t.deepEqual(await exported, [0, null]);

  const check = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> =>
    run(process.execPath, [path.join(dist, 'health-check.js'), ...args], {
      env: { ...process.env, ...env },
    }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  t.is(await check([`http://${upstream}/`]), 0);
  t.is(await check([`http://127.0.0.1:${port}/`]), 1, 'nobody listens any more');
  t.is(await check([], { TAPLINE_GUI_PORT: `127.0.0.1:${upstream.split(':')[1]}` }), 0);
  t.is(await check([], { TAPLINE_GUI_PORT: '0' }), 1);
});
