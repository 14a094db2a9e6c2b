import { readdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import test from 'ava';
import { answering, connectClient, startUpstream } from '../support/fixture.ts';
import { DataDirectory } from '../../src/spool/data-directory.ts';
import { RunLedger } from '../../src/spool/run-ledger.ts';
import { formatSegmentName } from '../../src/spool/segment-name.ts';
import { makeDataDir, runCli, startProcess } from '../support/process.ts';

interface Listed {
  url: { path: string };
}

test.serial('kill -9 under load: what was answered 500 ms before is recorded exactly once', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  );
  const dataDir = await makeDataDir(t);
  const gateway = await startProcess(t, [`--upstream=http://${target}`], dataDir);
  const answeredAtMs = new Map<string, number>();
  let isRunning = true;
  const load = Array.from({ length: 8 }, async (_, lane) => {
    const client = await connectClient(gateway.port);
    for (let index = 0; isRunning; index++) {
      const name = `/lane${lane}/${index}`;
      client.received = Buffer.alloc(0);
      client.write(`GET ${name} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await client.until('ok').then(
        () => answeredAtMs.set(name, performance.now()),
        () => (isRunning = false),
      );
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const killedAtMs = performance.now();
  await gateway.end('SIGKILL');
  await Promise.all(load);

  const restarted = await startProcess(t, [`--upstream=http://${target}`], dataDir);
  t.is(await restarted.end('SIGTERM'), 0);
  const listed = await runCli(['records', `--data-dir=${dataDir}`, '--json', '--limit=1000000']);
  const paths = listed.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Listed).url.path);
  t.is(new Set(paths).size, paths.length, 'a record is there twice');
  const found = new Set(paths);
  const due = [...answeredAtMs].filter(([, atMs]) => atMs < killedAtMs - 500).map(([name]) => name);
  t.true(due.length > 100, `${due.length}`);
  t.deepEqual(
    due.filter((name) => !found.has(name)),
    [],
  );

  const verify = await runCli(['verify', `--data-dir=${dataDir}`]);
  t.is(verify.code, 1, verify.stdout);
  t.regex(verify.stdout, /at most [\d,]+ unaccounted/);
});

test.serial('kill -9 under load: what a rule only counts is counted up to 500 ms before', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  );
  const dataDir = await makeDataDir(t);
  const gateway = await startProcess(t, [`--upstream=http://${target}`, '--capture-rule=count'], dataDir);
  const answeredAtMs: number[] = [];
  let asked = 0;
  let isRunning = true;
  const load = Array.from({ length: 4 }, async () => {
    const client = await connectClient(gateway.port);
    while (isRunning) {
      client.received = Buffer.alloc(0);
      asked++;
      client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await client.until('ok').then(
        () => answeredAtMs.push(performance.now()),
        () => (isRunning = false),
      );
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const killedAtMs = performance.now();
  await gateway.end('SIGKILL');
  await Promise.all(load);
  const restarted = await startProcess(t, [`--upstream=http://${target}`], dataDir);
  t.is(await restarted.end('SIGTERM'), 0);
  const verify = await runCli(['verify', `--data-dir=${dataDir}`, '--json']);
  const { leftOut } = JSON.parse(verify.stdout) as { leftOut: { count: number }[] };
  const due = answeredAtMs.filter((atMs) => atMs < killedAtMs - 500).length;
  t.true(due > 100, `${due}`);
  t.true(
    leftOut[0]!.count >= due && leftOut[0]!.count <= asked,
    `${leftOut[0]!.count} of ${due} to ${asked}`,
  );
});

test.serial('secrets are nowhere on disk', async (t) => {
  const canary = 'canary-7f3a91';
  const target = await startUpstream(
    t,
    answering(() =>
      `HTTP/1.1 200 OK\r\nSet-Cookie: sid=${canary}-1; Path=/\r\nLocation: /next?token=${canary}-2\r\nContent-Length: 36\r\n\r\n{"access_token":"${canary}-3"}`.padEnd(
        0,
      ),
    ),
  );
  const gateway = await startProcess(t, [`--upstream=http://${target}`]);
  const bodies: [string, string][] = [
    ['application/json', `{"user":"u","password":"${canary}-4","deep":{"apiKey":"${canary}-5"}}`],
    ['text/plain', `user=u&passwd=${canary}-6&x=1`],
    [
      'application/octet-stream',
      `--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\n${canary}-7\r\n--b--\r\n`,
    ],
    ['application/json', `{"password":"${canary}-8`],
  ];
  for (const [type, body] of bodies) {
    const client = await connectClient(gateway.port);
    client.write(
      `POST /login?api_key=${canary}-9&q=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${canary}-10\r\nCookie: a=${canary}-11\r\n` +
        `X-Api-Key: ${canary}-12\r\nReferer: http://x/?token=${canary}-13\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await client.until('HTTP/1.1 200');
    client.socket.end();
    await client.untilClose();
  }
  const refused = await connectClient(gateway.port);
  refused.write(
    `GET /?password=${canary}-14 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${canary}-15\r\nContent-Length : 1\r\n\r\n`,
  );
  await refused.until('400');
  await refused.untilClose();
  t.is(await gateway.end('SIGTERM'), 0, gateway.output());
  const { stdout } = await runCli(['records', `--data-dir=${gateway.dataDir}`, '--json']);
  t.is(stdout.trim().split('\n').length, bodies.length + 1);
  t.false(stdout.includes(canary), stdout);
  t.false(gateway.output().includes(canary));
  for (const entry of await readdir(gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    t.false((await readFile(file)).includes(canary), file);
  }
});

test.serial(
  'a crashed run is not taken for one that goes on because somebody holds the folder',
  async (t) => {
    const dataDir = await makeDataDir(t);
    const crashed = DataDirectory.open(dataDir);
    new RunLedger(crashed.paths.ledger, 'r', 0, Date.now(), { hasStore: false }).nextSequence();
    const running = await runCli(['verify', `--data-dir=${dataDir}`]);
    t.regex(running.stdout, /the gateway is running/);
    crashed.close();
    await new Promise((resolve) => setTimeout(resolve, 2));
    // A gateway that has not begun its run yet, or `tapline records` that looks at what is left.
    const next = DataDirectory.open(dataDir);
    t.teardown(() => next.close());
    const { code, stdout } = await runCli(['verify', `--data-dir=${dataDir}`]);
    t.is(code, 1, stdout);
    t.regex(stdout, /at most 1,000 unaccounted/);
  },
);

test.serial(
  'verify does not pass over a run whose ledger is damaged, nor over what waits for a sink',
  async (t) => {
    const dataDir = await makeDataDir(t);
    const directory = DataDirectory.open(dataDir);
    const { ledger, spool, delivery } = directory.paths;
    directory.close();
    new RunLedger(ledger, 'r', 0, Date.now(), { hasStore: false }).close({
      connections: 0,
      refusedConnections: 0,
      receivedBytes: 0,
      sentBytes: 0,
      discardedBytes: 0,
    });
    await writeFile(path.join(delivery, 'elasticsearch.json'), '{"version":1,"streams":[]}');
    await writeFile(
      path.join(spool, formatSegmentName({ run: 'r', thread: 0, segment: 1 })),
      'x'.repeat(1234),
    );
    const sound = await runCli(['verify', `--data-dir=${dataDir}`]);
    t.is(sound.code, 0, sound.stdout);
    t.regex(sound.stdout, /1,234 bytes of the spool wait for elasticsearch/);
    await writeFile(path.join(ledger, 's.0.json'), '');
    const damaged = await runCli(['verify', `--data-dir=${dataDir}`]);
    t.is(damaged.code, 1);
    t.regex(damaged.stdout, /^incomplete: [^]*s\.0\.json cannot be read/);
  },
);
