import { Agent, type ClientRequest, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/**
 * A little traffic through the gateway to the sample application, so that dashboards have something to show: two requests a second for half
 * an hour, then no more. Given a URL of the gateway, and what the gateway stands in front of: traffic for any other application is not made up.
 */
const INTERVAL_MS = 500;
const REQUESTS = (30 * 60 * 1000) / INTERVAL_MS;
const TIMEOUT_MS = 5000;
const SAMPLE = 'http://sample:3000';

interface Sample {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const SAMPLES: readonly Sample[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/api/orders' },
  { method: 'POST', path: '/api/orders', body: '{"item":"tea","quantity":2}' },
  { method: 'GET', path: '/api/orders?page=2' },
  { method: 'GET', path: '/slow' },
  { method: 'GET', path: '/api/orders' },
  { method: 'POST', path: '/api/orders', body: '{"item":"coffee","password":"never recorded"}' },
  { method: 'GET', path: '/missing' },
  { method: 'GET', path: '/api/orders' },
  { method: 'GET', path: '/events' },
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/error' },
];

const [gateway, upstream] = process.argv.slice(2);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

if (upstream !== SAMPLE)
  process.stdout.write('The gateway stands in front of an application of yours: no traffic is made up.\n');
else {
  process.stdout.write(`${REQUESTS} requests to ${gateway}, one each ${INTERVAL_MS} ms\n`);
  await send();
}

async function send(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  for (let count = 0; count < REQUESTS && !stopping.signal.aborted; count++) {
    const { method, path, body } = SAMPLES[count % SAMPLES.length]!;
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    // What becomes of it is for the records to say.
    request(`${gateway}${path}`, { method, headers, agent, timeout: TIMEOUT_MS }, (response) =>
      response.resume(),
    )
      .on('timeout', function (this: ClientRequest) {
        this.destroy();
      })
      .on('error', () => {})
      .end(body);
    await setTimeout(INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => {});
  }
  agent.destroy();
}
