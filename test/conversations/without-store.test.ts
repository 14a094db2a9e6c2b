import { readdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import test from 'ava';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';
import { makeDataDir, runCli, startProcess } from '../support/process.ts';

const get = (name: string): string => `GET ${name} HTTP/1.1\r\nHost: x\r\n\r\n`;

test.serial(
  'without a store records go to the other sinks only, and verify counts by the ledger',
  async (t) => {
    const target = await startUpstream(
      t,
      answering(() => OK),
    );
    const dataDir = await makeDataDir(t);
    const lines = path.join(dataDir, 'records.ndjson');
    const args = [`--upstream=http://${target}`, '--store=off', `--file=${lines}`];
    const where = `--data-dir=${dataDir}`;
    const gateway = await startProcess(t, args, dataDir);
    const client = await connectClient(gateway.port);
    client.write(get('/1') + get('/2') + get('/3'));
    await client.until(OK + OK + OK);
    client.socket.end();
    t.is(await gateway.end('SIGTERM'), 0);
    t.is((await readFile(lines, 'utf8')).trim().split('\n').length, 3);
    const verified = await runCli(['verify', where]);
    t.is(verified.code, 0, verified.stdout);
    t.regex(verified.stdout, /^complete: 3 records, no gaps/);
    const records = await runCli(['records', where]);
    t.is(records.code, 1);
    t.regex(records.stderr, /keeps no store \(--store=off\): look where its sinks deliver to/);

    const second = await startProcess(t, args, dataDir);
    const other = await connectClient(second.port);
    other.write(get('/4'));
    await other.until(OK);
    await second.end('SIGKILL');
    const crashed = await runCli(['verify', where]);
    t.is(crashed.code, 1);
    t.regex(crashed.stdout, /at most [\d,]+ unaccounted/);
  },
);

test.serial('without a store, what a full spool has lost at the end is no complete run', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => OK),
  );
  const dataDir = await makeDataDir(t);
  const args = [
    `--upstream=http://${target}`,
    '--store=off',
    '--elasticsearch=http://127.0.0.1:1',
    '--spool-size=64k',
    '--spool-segment=4k',
    '--flush-interval=20ms',
  ];
  const gateway = await startProcess(t, args, dataDir);
  const client = await connectClient(gateway.port);
  for (let index = 0; index < 400; index++) {
    client.received = Buffer.alloc(0);
    client.write(get(`/${index}`));
    await client.until(OK);
  }
  client.socket.end();
  await gateway.end('SIGTERM');
  const { code, stdout } = await runCli(['verify', `--data-dir=${dataDir}`]);
  t.is(code, 1, stdout);
  t.regex(stdout, /lost: records \d+ to 4\d\d \([\d,]+\): spool-full/);
});

test.serial('without a store, damage in the spool is a loss that verify names', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => OK),
  );
  const dataDir = await makeDataDir(t);
  const args = [`--upstream=http://${target}`, '--store=off'];
  const gateway = await startProcess(t, [...args, '--elasticsearch=http://127.0.0.1:1'], dataDir);
  const client = await connectClient(gateway.port);
  client.write(get('/1') + get('/2') + get('/3'));
  await client.until(OK + OK + OK);
  client.socket.end();
  await gateway.end('SIGTERM');
  const [segment] = await readdir(path.join(dataDir, 'spool'));
  const bytes = await readFile(path.join(dataDir, 'spool', segment!));
  bytes[bytes.indexOf('TPL2', 4) + 200]! ^= 1;
  await writeFile(path.join(dataDir, 'spool', segment!), bytes);
  const lines = path.join(dataDir, 'records.ndjson');
  const second = await startProcess(t, [...args, `--file=${lines}`], dataDir);
  await second.end('SIGTERM');
  t.is((await readFile(lines, 'utf8')).trim().split('\n').length, 3, 'two records and a gap');
  const { code, stdout } = await runCli(['verify', `--data-dir=${dataDir}`]);
  t.is(code, 1, stdout);
  t.regex(stdout, /lost: record 2: corrupt-segment/);
});

test.serial(
  'without a store and without another sink nobody would take the records: that is said at the start',
  async (t) => {
    const { code, stderr } = await runCli([
      '--upstream=http://127.0.0.1:1',
      '--listen=127.0.0.1:0',
      '--store=off',
      `--data-dir=${await makeDataDir(t)}`,
    ]);
    t.is(code, 2, stderr);
    t.regex(stderr, /--store=off: no other sink is configured/);
  },
);

test.serial(
  'secrets are refused on the command line and in the file, and their variables are named',
  async (t) => {
    const flag = await runCli(['--upstream=http://127.0.0.1:1', '--elasticsearch-api-key=abc']);
    t.is(flag.code, 2);
    t.regex(
      flag.stderr,
      /every process can read a command line; give TAPLINE_ELASTICSEARCH_API_KEY or --elasticsearch-api-key-file=FILE/,
    );
    t.false(flag.stderr.includes('abc'));
  },
);
