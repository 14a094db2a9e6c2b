import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { decodeFrames } from '../../src/spool/format.ts';
import { answering, connectClient, OK, startFixture, startUpstream } from '../support/fixture.ts';
import { makeDataDir, runCli, startProcess } from '../support/process.ts';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

test('a spool folder that cannot be written: traffic goes on, and the records come when it can', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  const spool = path.join(fixture.dataDir, 'spool');
  renameSync(spool, `${spool}.away`);
  writeFileSync(spool, 'in the way');
  for (let index = 0; index < 5; index++) t.is(await fixture.exchange(get(`/${index}`)), OK);
  while (!fixture.logLines.some((line) => line.includes('cannot write records')))
    await fixture.exchange(get('/more'));
  renameSync(spool, `${spool}.obstacle`);
  renameSync(`${spool}.away`, spool);
  t.is(await fixture.exchange(get('/after')), OK);
  const { records, report } = await fixture.finish();
  t.deepEqual(
    records.slice(0, 5).map((record) => record.url.path),
    ['/0', '/1', '/2', '/3', '/4'],
  );
  t.is(records.at(-1).url.path, '/after');
  t.true(report.isComplete, JSON.stringify(report));
});

test('a spool that is full: traffic goes on, and verify lists what was lost', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--spool-size=64k', '--spool-segment=4k', '--flush-interval=10s'],
  );
  const client = await fixture.connect();
  for (let index = 0; index < 200; index++) {
    client.received = Buffer.alloc(0);
    client.write(get(`/${index}`));
    t.is(await client.until('ok'), OK);
  }
  client.socket.end();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.false(report.isComplete);
  const gaps = records.filter((record) => record.tapline.kind === 'gap');
  const lost = gaps.reduce((sum: number, gap) => sum + (gap.tapline.gap.count as number), 0);
  t.is(records.length - gaps.length + lost, 200);
  t.is(gaps[0].tapline.gap.reason, 'spool-full');
  t.deepEqual(report.runs[0]!.missing, [], 'every number is accounted for');
  t.true(report.runs[0]!.bytes.isBalanced, 'and every byte');
});

test.serial(
  'a flipped byte in a segment: the next start goes on, and the loss is a gap record',
  async (t) => {
    const target = await startUpstream(
      t,
      answering(() => OK),
    );
    const dataDir = await makeDataDir(t);
    const gateway = await startProcess(t, [`--upstream=http://${target}`, '--flush-interval=20ms'], dataDir);
    const spool = path.join(dataDir, 'spool');
    const client = await connectClient(gateway.port);
    const segments = (): string[] => readdirSync(spool).filter((file) => file.endsWith('.seg'));
    for (let index = 0; index < 5; index++) {
      client.received = Buffer.alloc(0);
      client.write(get(`/${index}`));
      await client.until('ok');
    }
    const spooled = (): number =>
      segments().reduce(
        (sum, file) => sum + decodeFrames(readFileSync(path.join(spool, file))).records.length,
        0,
      );
    while (spooled() < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    await gateway.end('SIGKILL');
    // As if the store had never taken them: the spool is all there is.
    for (const file of readdirSync(dataDir)) if (file.startsWith('store')) rmSync(path.join(dataDir, file));
    const [segment] = segments();
    const bytes = readFileSync(path.join(spool, segment!));
    const second = bytes.indexOf('TPL2', 4);
    bytes[second + 200]! ^= 1;
    writeFileSync(path.join(spool, segment!), bytes.subarray(0, bytes.length - 10));
    const listed = await runCli(['records', `--data-dir=${dataDir}`, '--json']);
    const records = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { url?: { path: string }; tapline: { gap?: object } });
    t.deepEqual(
      records.map((record) => record.url?.path ?? null),
      ['/0', null, '/2', '/3'],
    );
    t.like(records[1]!.tapline.gap, { from: 2, to: 2, count: 1, reason: 'corrupt-segment' });
    const verify = await runCli(['verify', `--data-dir=${dataDir}`]);
    t.is(verify.code, 1);
    t.regex(verify.stdout, /lost: record 2: corrupt-segment/);
    t.regex(verify.stdout, /at most [\d,]+ unaccounted/);
  },
);

test('an unwritable data directory is told at the start', async (t) => {
  const folder = await makeDataDir(t);
  writeFileSync(path.join(folder, 'file'), '');
  const { code, stderr } = await runCli([
    '--upstream=http://127.0.0.1:1',
    `--data-dir=${path.join(folder, 'file', 'data')}`,
  ]);
  t.is(code, 1);
  t.regex(stderr, /cannot write the data directory .*ENOTDIR; choose another with --data-dir/);
});
