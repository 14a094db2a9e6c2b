// Takes the pictures of the page in docs/images: every view at three widths. Run by `npm run screenshots`; needs Chromium (TAPLINE_BROWSER).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { startSampleApplication } from '../src/cli/sample-application.ts';
import { BROWSER, BROWSER_FLAGS } from '../test/support/page-browser.ts';

const ROOT = path.join(import.meta.dirname, '..');
const WIDTHS = [1280, 768, 360];
const HEIGHT = 800;
/** How much traffic is to be seen. */
const ROUNDS = 60;
const ROUND_MS = 200;

/** A view, and how a person comes to see it. */
interface View {
  readonly name: string;
  readonly hash: string;
  readonly reach?: (page: Page) => Promise<void>;
}

const VIEWS: readonly View[] = [
  {
    name: 'traffic',
    hash: '#/traffic',
    reach: (page) => page.getByRole('row').filter({ hasText: '/api/orders' }).first().waitFor(),
  },
  {
    name: 'record',
    hash: '#/traffic?query=method:POST',
    async reach(page) {
      await page.getByRole('row').filter({ hasText: '/api/orders' }).first().click();
      await page.getByText('Waiting for the application').waitFor();
    },
  },
  { name: 'health', hash: '#/health', reach: (page) => page.getByText('Records lost').waitFor() },
  {
    name: 'running',
    hash: '#/program/running',
    reach: (page) => page.locator('svg text', { hasText: 'captureResponse' }).first().waitFor(),
  },
  {
    name: 'editor',
    hash: '#/program/editor/audit.js',
    reach: (page) => page.locator('.cm-content').waitFor(),
  },
  { name: 'console', hash: '#/program/console' },
];

if (BROWSER === null) {
  process.stderr.write('There is no Chromium here: install it, or name one by TAPLINE_BROWSER.\n');
  process.exit(1);
}
const folder = path.join(ROOT, 'docs/images');
mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(path.join(os.tmpdir(), 'tapline-screenshots-'));
const sample = await startSampleApplication();
const gateway = spawn(
  process.execPath,
  [path.join(ROOT, 'src/main.ts'), `--upstream=${sample.url}`],
  // At its usual ports, so that the pictures show what a reader sees.
  { cwd: scratch, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const { traffic, page } = await addresses();
  await makeTraffic(traffic, ROUNDS);
  // It goes on, so that charts and rates are of something.
  const stopped = new AbortController();
  const going = makeTraffic(traffic, Infinity, stopped.signal);
  await takePictures(page).finally(() => stopped.abort());
  await going;
} finally {
  gateway.kill();
  await once(gateway, 'exit');
  sample.stop();
  rmSync(scratch, { recursive: true, force: true });
}

async function addresses(): Promise<{ traffic: string; page: string }> {
  let output = '';
  for await (const chunk of gateway.stdout) {
    output += String(chunk);
    const found = /Listening on (http:\/\/\S+)[^]*Page: (http:\/\/\S+)/.exec(output);
    if (found !== null) return { traffic: found[1]!, page: found[2]! };
  }
  throw new Error(`the gateway ended: ${output}`);
}

async function makeTraffic(gatewayUrl: string, rounds: number, signal?: AbortSignal): Promise<void> {
  const send = (target: string, init: RequestInit = {}): void => {
    void fetch(gatewayUrl + target, init).then(
      (answer) => answer.arrayBuffer(),
      () => {},
    );
  };
  for (let round = 0; round < rounds && signal?.aborted !== true; round++) {
    send('/');
    send(`/api/orders?page=${round}&token=s3cret`);
    send('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ item: 'tea', quantity: round, password: 'never recorded' }),
    });
    if (round % 5 === 0) send('/missing');
    if (round % 9 === 0) send('/error');
    if (round % 12 === 0) send('/slow');
    if (round % 20 === 0) send('/events');
    if (process.stdout.isTTY && rounds < Infinity)
      process.stdout.write(`\rmaking traffic: ${round + 1} of ${rounds}`);
    await delay(ROUND_MS);
  }
  if (process.stdout.isTTY && rounds < Infinity) process.stdout.write('\n');
}

async function takePictures(url: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    const browser = await chromium.launchPersistentContext(path.join(scratch, colorScheme), {
      executablePath: BROWSER!,
      headless: true,
      args: BROWSER_FLAGS,
      viewport: { width: WIDTHS[0]!, height: HEIGHT },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const page = await browser.newPage();
    for (const width of WIDTHS)
      for (const { name, hash, reach } of VIEWS) {
        // By day one width is enough to be looked at.
        if (colorScheme === 'light' && width !== WIDTHS[0]) continue;
        await page.setViewportSize({ width, height: HEIGHT });
        await page.goto('about:blank');
        await page.goto(`${url}/${hash}`);
        await reach?.(page);
        await delay(1500);
        const file = `page-${name}-${width}${colorScheme === 'light' ? '-light' : ''}.png`;
        await page.screenshot({ path: path.join(folder, file) });
        process.stdout.write(`docs/images/${file}\n`);
      }
    await browser.close();
  }
}
