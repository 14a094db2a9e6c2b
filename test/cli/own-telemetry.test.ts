import test from 'ava';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';
import { type GatewayProcess, makeDataDir, runCli, startProcess } from '../support/process.ts';
import { parsePrometheusText } from '../support/prometheus-text.ts';
import { startCollector } from '../telemetry/scripted-collector.ts';

async function adminOf(gateway: GatewayProcess): Promise<string> {
  for (;;) {
    const line = /Page: (http:\/\/127\.0\.0\.1:\d+) /.exec(gateway.output());
    if (line !== null) return line[1]!;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('the admin port tells of a running gateway', async (t) => {
  const upstream = await startUpstream(
    t,
    answering(() => OK),
  );
  const gateway = await startProcess(t, [`--upstream=http://${upstream}`, '--gui-port=127.0.0.1:0']);
  const client = await connectClient(gateway.port);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until('ok');
  const admin = await adminOf(gateway);
  t.is(await (await fetch(`${admin}/healthz`)).text(), 'ok\n');
  const ready = await fetch(`${admin}/readyz`);
  t.is(ready.status, 200);
  t.like(await ready.json(), { status: 'ready', reasons: [], threads: [{ name: 'data-0', isAlive: true }] });
  for (;;) {
    const { samples } = parsePrometheusText(await (await fetch(`${admin}/metrics`)).text());
    const accepted = samples.find(({ name }) => name === 'tapline_records_accepted_total');
    if (accepted?.value === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.is(await gateway.end('SIGTERM'), 0);
  await t.throwsAsync(fetch(`${admin}/healthz`));
});

test('nothing of a request or an answer is in what probes are told', async (t) => {
  const upstream = await startUpstream(
    t,
    answering(() => 'HTTP/1.1 200 Canary\r\nX-Canary: canary\r\nContent-Length: 6\r\n\r\ncanary'),
  );
  const gateway = await startProcess(t, [`--upstream=http://${upstream}`, '--gui-port=127.0.0.1:0']);
  const admin = await adminOf(gateway);
  for (const request of [
    'CANARY /canary?canary=canary HTTP/1.1\r\nHost: canary\r\nX-Canary: canary\r\nContent-Length: 6\r\n\r\ncanary',
    'GET /canary HTTP/9.9\r\nHost: canary\r\n\r\n',
    'canary\r\n\r\n',
  ]) {
    const client = await connectClient(gateway.port);
    client.write(request);
    client.socket.end();
    await client.untilClose();
  }
  for (;;) {
    const page = await (await fetch(`${admin}/metrics`)).text();
    t.notRegex(page, /canary/i);
    if (page.includes('tapline_records_accepted_total 3')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.notRegex(await (await fetch(`${admin}/readyz`)).text(), /canary/i);
  t.is(await gateway.end('SIGTERM'), 0);
});

test('an admin port in use is an error at start, before anything listens', async (t) => {
  const { url } = await startCollector(t);
  const taken = new URL(url).port;
  const { code, stdout, stderr } = await runCli([
    '--upstream=http://127.0.0.1:1',
    '--listen=127.0.0.1:0',
    `--gui-port=${taken}`,
    `--data-dir=${await makeDataDir(t)}`,
  ]);
  t.is(code, 1);
  t.is(
    stderr,
    `tapline: cannot listen on 127.0.0.1:${taken} (--gui-port): the port is in use; choose another with --gui-port, or 0 for none\n`,
  );
  t.is(stdout, '');
});

test('a gateway that cannot start lets go of the admin port and ends', async (t) => {
  const { url } = await startCollector(t);
  const { code, stderr } = await runCli([
    '--upstream=http://127.0.0.1:1',
    `--listen=${new URL(url).host}`,
    '--gui-port=127.0.0.1:0',
    `--data-dir=${await makeDataDir(t)}`,
  ]);
  t.is(code, 1);
  t.regex(stderr, /cannot listen on 127\.0\.0\.1:\d+: the port is in use; choose another with --listen/);
});
