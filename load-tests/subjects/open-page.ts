import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks of a gateway what its page asks while somebody looks at the traffic, in a process of its own, and draws nothing: the newest records, then the stream of
 * those that come, counts every two seconds (less often where they take long) and the health every five. The first argument is the address of the page.
 *
 * Prints `ready ADDRESS`; SIGTERM ends it. A question that fails ends it with exit code 1.
 */
const SUMMARY_MS = 2000;
const MAX_SUMMARY_MS = 10_000;
const HEALTH_MS = 5000;
const page = process.argv[2]!;

process.once('SIGTERM', () => process.exit(0));
process.stdin.resume().once('end', () => process.exit(0));

async function read(target: string): Promise<void> {
  const response = await fetch(new URL(target, page));
  if (!response.ok || response.body === null) throw new Error(`${target}: ${response.status}`);
  for await (const piece of response.body) void piece;
}

/** Never ends while the gateway runs. */
async function follow(): Promise<void> {
  await read('/api/records/stream?view=rows&sample=200');
  throw new Error('the stream ended');
}

/** As `SummaryPoll` does. */
async function summarise(): Promise<void> {
  for (;;) {
    const startedMs = performance.now();
    await read('/api/records/summary');
    const tookMs = performance.now() - startedMs;
    await delay(Math.min(MAX_SUMMARY_MS, Math.max(SUMMARY_MS, 2 * tookMs)));
  }
}

async function watchHealth(): Promise<void> {
  let since = 0;
  for (;;) {
    await read(`/api/health?since=${since}`);
    since = Date.now();
    await delay(HEALTH_MS);
  }
}

await read('/api/records?view=rows&limit=500');
process.stdout.write(`ready ${page}\n`);
await Promise.all([follow(), summarise(), watchHealth()]);
