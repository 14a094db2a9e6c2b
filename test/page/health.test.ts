import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'ava';
import type { Page } from 'playwright-core';
import type { HealthView } from '../../src/admin/api/health/health-view.ts';
import { healthOf, NOW_MS, seriesOf, sinkOf } from '../admin/ui/health/health-fixture.ts';
import { openBrowser, openPage, testInBrowser } from '../support/page-browser.ts';
import { startPageGateway } from '../support/page-gateway.ts';
import { startSwitchedReceiver } from '../support/switched-receiver.ts';

const browserTest = testInBrowser(test, test.skip);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const HEIGHT = 800;

/** The page with answers of the gateway's health that a test makes up. */
async function showHealth(page: Page, view: () => HealthView): Promise<void> {
  await page.route('**/api/health**', (route) => {
    const whole = view();
    const since = Number(new URL(route.request().url()).searchParams.get('since') ?? 0);
    const isNews = (whole.history.timesMs.at(-1) ?? 0) > since;
    const history = isNews
      ? whole.history
      : {
          ...whole.history,
          timesMs: [],
          series: whole.history.series.map((one) => ({ ...one, values: [] })),
        };
    return route.fulfill({ json: { ...whole, history } });
  });
  await page.evaluate(() => (location.hash = '#/health'));
}

/** What axe finds that keeps somebody out. */
async function seriousFaults(page: Page): Promise<string[]> {
  // Not as a script of the page: its policy allows none.
  return page.evaluate(async (source) => {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a tool's own code, in a test
    new Function(source)();
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  }, AXE);
}

const wave = Array.from({ length: 60 }, (_, index) => (index === 30 ? null : 10 + (index % 7)));
const BUSY = healthOf({}, [
  seriesOf('requestRate', wave),
  seriesOf(
    'errorRate',
    wave.map((value) => (value === null ? null : 0)),
  ),
  seriesOf('latencyP50', wave),
  seriesOf('pendingBytes', wave, 'store'),
  seriesOf(
    'loopDelaySeconds',
    wave.map((value) => (value === null ? null : value / 1000)),
    'data-0',
  ),
]);

browserTest(
  'a sink that stops is seen without scrolling, with its reason, and so is that it is back',
  async (t) => {
    const receiver = await startSwitchedReceiver(t);
    const gateway = await startPageGateway(t, ['--delivery-interval=10ms'], {
      env: {
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `http://127.0.0.1:${receiver.port}/v1/logs`,
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
      },
    });
    const context = await openBrowser(t, { width: 1280, height: HEIGHT });
    const page = await openPage(t, context, `${gateway.page}/#/health`);
    await page.getByText('All is well, and nothing has come yet').first().waitFor();
    await fetch(gateway.traffic);
    await page.getByText('All records are delivered').first().waitFor();

    await receiver.stop();
    const stoppedMs = performance.now();
    await fetch(gateway.traffic);
    const verdict = page
      .getByRole('listitem')
      .filter({ hasText: 'The OTLP receiver of logs is not taking records since' });
    await verdict.waitFor();
    t.true(performance.now() - stoppedMs < 8000, 'within seconds');
    t.regex(
      (await verdict.textContent())!,
      /since \d\d:\d\d: .*(?:ECONNREFUSED|refused|closed|hang up).*wait in the spool/i,
    );
    const card = page.getByRole('article', { name: 'Sink otlp-logs' });
    for (const part of [verdict, card.getByText('fails, tries again')]) {
      const box = (await part.boundingBox())!;
      t.true(box.y >= 0 && box.y + box.height <= HEIGHT);
    }
    t.is(await page.getByRole('article', { name: 'Sink store' }).getByText('delivers').count(), 1);

    await receiver.start();
    await page.getByText('All records are delivered').first().waitFor();
    await card.getByText(/Last error, \d\d:\d\d:\d\d/).waitFor();
  },
);

browserTest('of a gateway that is gone the last picture stays, and it says of when it is', async (t) => {
  const gateway = await startPageGateway(t);
  const context = await openBrowser(t);
  const page = await openPage(t, context, `${gateway.page}/#/health`);
  await page.getByText('All is well').first().waitFor();
  await gateway.end('SIGKILL');
  await page.getByText(/As of \d\d:\d\d:\d\d:/).waitFor();
  await page.getByText('All is well').first().waitFor();
  t.is(await page.locator('.health').getAttribute('data-is-stale'), 'true');
  await startPageGateway(t, [], { port: Number(new URL(gateway.page).port), dataDir: gateway.dataDir });
  await page.locator('.health[data-is-stale=false]').waitFor();
});

browserTest('plots are read by keyboard and by screen readers, all at the same time', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await showHealth(page, () => BUSY);
  const requests = page.getByRole('slider', { name: 'Requests: time' });
  await requests.waitFor();
  t.is(await page.locator('.health-canvas canvas').count(), 4, 'of what is not known there is no plot');
  await requests.focus();
  const told = (): Promise<string | null> => requests.getAttribute('aria-valuetext');
  t.is(await told(), '14:30:00: all 13/s, 4xx –, 5xx and failures 0/s');
  await page.keyboard.press('ArrowLeft');
  t.is(await told(), '14:29:55: all 12/s, 4xx –, 5xx and failures 0/s');
  t.regex(
    (await page.getByRole('slider', { name: 'Latency: time' }).getAttribute('aria-valuetext'))!,
    /^14:29:55: p50 12 ms/,
  );
  await page.keyboard.press('Home');
  t.regex((await told())!, /^14:25:05/);
  await page.keyboard.press('Shift+ArrowRight');
  t.regex((await told())!, /^14:26:05/);
  await page.keyboard.press('Escape');
  t.regex((await told())!, /^14:30:00/);
  const words = await requests.evaluate(
    (element) => document.getElementById(element.getAttribute('aria-describedby')!)!.textContent,
  );
  t.regex(words, /^Over the last 5 minutes\. all: 13\/s now, at most 16\/s at 14:\d\d\./);
  await page.mouse.move(0, 0);
  const box = (await page.locator('.health-canvas .u-over').first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction(
    () => !document.querySelector('[role=slider]')!.getAttribute('aria-valuetext')!.startsWith('14:30:00'),
  );
});

browserTest('what a sink says is a text and nothing else, however it is made', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t, { width: 360 }), gateway.page);
  const message = `<img src=x onerror=alert(1)>\u202e\u0000${'x'.repeat(5000)}`;
  const ill = sinkOf({
    name: 'elasticsearch',
    state: 'paused',
    reason: message,
    troubleSinceMs: NOW_MS,
    lastError: { message: `${message}!`, atMs: NOW_MS },
  });
  await showHealth(page, () => healthOf({ sinks: [ill] }));
  await page.getByRole('article', { name: 'Sink elasticsearch' }).waitFor();
  t.is(await page.locator('.health img').count(), 0);
  t.true(await page.evaluate(() => document.querySelector('.health')!.scrollWidth <= innerWidth));
});

browserTest('everybody can use it: dark and light, wide and narrow, well and ill', async (t) => {
  const gateway = await startPageGateway(t);
  const ill = sinkOf({
    name: 'file',
    state: 'blocked',
    reason: 'disk full',
    troubleSinceMs: NOW_MS,
    deadLetters: 3,
  });
  const views = [
    BUSY,
    { ...BUSY, sinks: [sinkOf(), ill] },
    healthOf({ recording: 'none', sinks: [], spool: null }),
  ];
  for (const colorScheme of ['dark', 'light'] as const)
    for (const width of [1280, 360]) {
      const context = await openBrowser(t, { width, colorScheme });
      const page = await openPage(t, context, gateway.page);
      let view = BUSY;
      await showHealth(page, () => view);
      for (view of views) {
        await page.reload();
        await page.locator('.health-verdict').waitFor();
        t.deepEqual(await seriousFaults(page), [], `${colorScheme} ${width}`);
        t.true(
          await page.evaluate(() => document.querySelector('.health')!.scrollWidth <= innerWidth),
          `${width} is wide enough`,
        );
      }
      await context.close();
    }
});
