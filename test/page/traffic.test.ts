import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import * as net from 'node:net';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type Axe from 'axe-core';
import type { Page } from 'playwright-core';
import { RecordStore } from '../../src/store/record-store.ts';
import { openBrowser, openPage, testInBrowser } from '../support/page-browser.ts';
import { startPageGateway } from '../support/page-gateway.ts';
import { makeDataDir } from '../support/process.ts';
import { recordOf } from '../support/records.ts';

// One at a time: they watch frames.
const browserTest = testInBrowser(test.serial, test.skip);

/** Sends one request after the other, and reads the answers. */
async function send(traffic: string, targets: readonly string[], method = 'GET'): Promise<void> {
  for (const target of targets) await (await fetch(`${traffic}${target}`, { method })).arrayBuffer();
}

/** The paths in the list, as they are shown, from the top. */
function paths(page: Page): Promise<readonly string[]> {
  return page.locator('.records-line[data-row] .records-path').allTextContents();
}

/** Waits until the list shows these paths from the top. */
async function waitForPaths(page: Page, expected: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      JSON.stringify(
        [...document.querySelectorAll('.records-line[data-row] .records-path')]
          .slice(0, wanted.length)
          .map(({ textContent }) => textContent),
      ) === JSON.stringify(wanted),
    expected,
  );
}

function field(page: Page): ReturnType<Page['getByRole']> {
  return page.getByRole('combobox', { name: 'Query' });
}

browserTest('requests appear as they are sent, the newest at the top', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await page.getByText(`curl -i ${gateway.traffic}/`).waitFor();
  await send(gateway.traffic, ['/', '/api/orders?token=x', '/error']);
  await waitForPaths(page, ['/error', '/api/orders', '/']);
  const line = page.locator('.records-line[data-row]').first();
  t.regex((await line.textContent())!, /GET.*500.*127\.0\.0\.1/);
  await page.getByText('3 match').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  t.true(page.url().includes('paused=1'));
  await send(gateway.traffic, ['/nowhere']);
  await page.getByText('1 new: show (f)').waitFor();
  t.deepEqual(await paths(page), ['/error', '/api/orders', '/']);
  await page.keyboard.press('f');
  await waitForPaths(page, ['/nowhere', '/error', '/api/orders', '/']);
  t.false(page.url().includes('paused'));
});

browserTest('a query is completed, checked before it is asked for, and stands in the address', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(decodeURIComponent(request.url())));
  await send(gateway.traffic, ['/', '/api/orders', '/error']);
  await waitForPaths(page, ['/error', '/api/orders', '/']);

  await page.keyboard.press('/');
  await page.keyboard.type('statu');
  await page.getByRole('option', { name: /^status/ }).waitFor();
  await page.keyboard.press('Tab');
  await page.getByRole('option', { name: /^status>=/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('5x0');
  t.is(await field(page).inputValue(), 'status>=5x0');
  await page.getByText('expected a number, got 5x0, at character 9').waitFor();
  t.is(await page.locator('.query-fault mark').textContent(), '5');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  t.deepEqual(
    asked.filter((url) => url.includes('5x0')),
    [],
  );
  await field(page).fill('status>=500');
  await field(page).press('Enter');
  await page.waitForFunction(() => location.hash.includes('query=status'));
  await waitForPaths(page, ['/error']);
  t.deepEqual(await paths(page), ['/error']);
  await send(gateway.traffic, ['/nowhere', '/error']);
  await waitForPaths(page, ['/error', '/error']);

  await page.goBack();
  await waitForPaths(page, ['/error', '/nowhere', '/error', '/api/orders', '/']);
  await page.goto(`${gateway.page}/#/traffic?query=path%3A%2Fnone&since=-5m`);
  await page.getByText('No record matches').waitFor();
  await page.getByRole('button', { name: 'Clear the query', exact: true }).last().click();
  await waitForPaths(page, ['/error', '/nowhere']);
  await page.goto(`${gateway.page}/#/traffic?query=status%3E`);
  await page.getByText('The query cannot be read').waitFor();
});

browserTest('facets narrow the query down and leave out', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await send(gateway.traffic, ['/', '/api/orders', '/error', '/nowhere']);
  const failed = page.getByRole('button', { name: /^5xx/ });
  await failed.click();
  await waitForPaths(page, ['/error']);
  t.is(await field(page).inputValue(), 'status>=500 status<600');
  t.is(await failed.getAttribute('aria-pressed'), 'true');
  await failed.click();
  await waitForPaths(page, ['/nowhere', '/error', '/api/orders', '/']);
  await page.getByRole('button', { name: 'Leave out Path /error' }).click();
  await waitForPaths(page, ['/nowhere', '/api/orders', '/']);
  t.is(await field(page).inputValue(), '-(path:/error)');
  await page.getByRole('button', { name: 'path:/error', exact: true }).click();
  await waitForPaths(page, ['/nowhere', '/error']);
});

browserTest('a record is opened and left by keys, and has an address', async (t) => {
  const gateway = await startPageGateway(t);
  const context = await openBrowser(t);
  const page = await openPage(t, context, gateway.page);
  await send(gateway.traffic, ['/', '/api/orders', '/error']);
  await waitForPaths(page, ['/error', '/api/orders', '/']);
  for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('region', { name: 'Record' }).waitFor();
  t.is(
    await page.evaluate(() => document.activeElement?.getAttribute('role')),
    'grid',
    'Tab goes on from here',
  );
  await page.keyboard.press('Enter');
  t.is(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Record');
  const id = new URLSearchParams(page.url().split('?')[1]).get('record');
  t.truthy(id);
  t.is(await page.locator('[aria-selected=true] .records-path').textContent(), '/api/orders');
  // While somebody reads, nothing moves.
  await send(gateway.traffic, ['/nowhere']);
  await page.getByText('1 new: show (f)').waitFor();
  await page.keyboard.press('k');
  await page.waitForFunction((before) => !location.hash.includes(before), id!);
  const other = await openPage(t, context, `${gateway.page}/#/traffic?record=${id}`);
  await other.getByRole('region', { name: 'Record' }).waitFor();
  t.is(await other.locator('[aria-selected=true] .records-path').textContent(), '/api/orders');
  await other.close();

  await page.keyboard.press('c');
  t.true(page.url().includes('compare='));
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Two records' }).waitFor();
  for (const key of ['Escape', 'Escape']) await page.keyboard.press(key);
  await page.getByRole('region', { name: 'Record' }).waitFor({ state: 'detached' });
  await waitForPaths(page, ['/nowhere', '/error', '/api/orders', '/']);
  t.false(page.url().includes('record='));
});

browserTest('where nothing is kept, the list says so and what to do', async (t) => {
  const gateway = await startPageGateway(t, ['--store=off', '--stdout']);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await page.getByText('No records are kept here').waitFor();
  await page.getByText('--store=off').waitFor();
  t.pass();
});

browserTest('on a narrow screen the record lies over the list, and a button leads back', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t, { width: 360, height: 740 }), gateway.page);
  await send(gateway.traffic, ['/', '/error']);
  await waitForPaths(page, ['/error', '/']);
  t.is((await page.locator('.records-line[data-row]').first().boundingBox())!.height, 46);
  await page.locator('.records-path', { hasText: '/error' }).click();
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await page.getByRole('region', { name: 'Record' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('button', { name: /^5xx/ }).click();
  await waitForPaths(page, ['/error']);
  t.is(await page.locator('.traffic-drawer').count(), 0);
  t.false(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth));
});

browserTest('a stretch that is drawn in the plot is looked at alone', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await send(gateway.traffic, ['/', '/slow', '/error']);
  await page.getByText('3 match').waitFor();
  const box = (await page.locator('.plot .u-over').first().boundingBox())!;
  await page.mouse.move(box.x + 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => /since=.*until=/.test(location.hash));
  const drawn = new URLSearchParams(page.url().split('?')[1]);
  t.true(Date.parse(drawn.get('since')!) < Date.parse(drawn.get('until')!));
  await page.getByTitle('Back to all times').click();
  await page.waitForFunction(() => !location.hash.includes('since'));
  await page.getByRole('button', { name: '15 min' }).click();
  await page.waitForFunction(() => location.hash.includes('since=-15m'));
  await waitForPaths(page, ['/error', '/slow', '/']);
  t.regex(
    (await page.locator('.plots .only-for-readers').textContent())!,
    /2 succeeded, 0 were refused with 4xx, 1 failed/,
  );
});

browserTest('a checker of accessibility finds nothing', async (t) => {
  const gateway = await startPageGateway(t);
  const context = await openBrowser(t);
  const page = await openPage(t, context, gateway.page);
  const checker = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  const check = async (what: string): Promise<void> => {
    await page.evaluate(checker);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof Axe };
      return (await axe.run({ resultTypes: ['violations'] })).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
    });
    t.deepEqual(found, [], what);
  };
  await page.getByText('Waiting for the first request').waitFor();
  await check('nothing yet');
  await send(gateway.traffic, ['/', '/api/orders', '/error', '/nowhere']);
  await waitForPaths(page, ['/nowhere', '/error', '/api/orders', '/']);
  for (const colorScheme of ['dark', 'light'] as const)
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.keyboard.press('j');
      await check(`the list, ${colorScheme}, ${width} px`);
      await page.keyboard.press('/');
      await page.keyboard.type('status>=5x stat');
      await page.getByText('expected a number').waitFor();
      await page.getByRole('option').first().waitFor();
      await check(`the query, ${colorScheme}, ${width} px`);
      for (const key of ['Escape', 'Escape', 'Escape']) await page.keyboard.press(key);
    }
});

browserTest('a record that means harm is text in one line', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await page.evaluate(() => (window.alert = () => console.error('a record has run')));
  const targets = [
    '/<script>alert(1)</script>',
    '/"><img/src=x/onerror=alert(2)>',
    '/\u202egnp.exe\u2066',
    '/\u00ff\u00fe',
    `/${'long'.repeat(1500)}`,
    '/%00%1b[31m%0a',
  ];
  for (const target of targets) {
    const socket = net.connect(gateway.port, '127.0.0.1');
    socket.end(`GET ${target} HTTP/1.1\r\nHost: a<b>&"\r\nConnection: close\r\n\r\n`);
    socket.resume();
    await once(socket, 'close');
  }
  await page.getByText(`${targets.length} match`).waitFor();
  await page.waitForFunction(
    (count) => document.querySelectorAll('.records-line[data-row]').length === count,
    targets.length,
  );
  const seen = await page.evaluate(() => ({
    heights: [...document.querySelectorAll('.records-line[data-row]')].map(
      (line) => line.getBoundingClientRect().height,
    ),
    isWider: document.documentElement.scrollWidth > innerWidth,
    markup: document.querySelectorAll('#page script, #page img[src="x"]').length,
    text: document.body.innerText,
  }));
  t.deepEqual(new Set(seen.heights), new Set([26]));
  t.false(seen.isWider);
  t.is(seen.markup, 0);
  t.notRegex(seen.text, /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
});

browserTest('the list goes on where it was when the gateway is killed and comes back', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await send(gateway.traffic, ['/', '/api/orders']);
  await waitForPaths(page, ['/api/orders', '/']);
  await gateway.end('SIGKILL');
  await page.getByText(/The gateway has not answered since/).waitFor();
  t.deepEqual(await paths(page), ['/api/orders', '/']);
  const again = await startPageGateway(t, [], {
    port: Number(new URL(gateway.page).port),
    dataDir: gateway.dataDir,
  });
  await send(again.traffic, ['/error']);
  await page.getByText(/The gateway answers again/).waitFor();
  await page.locator('.records-path', { hasText: '/error' }).waitFor();
  await send(again.traffic, ['/nowhere']);
  await page.locator('.records-path', { hasText: '/nowhere' }).waitFor();
  t.is((await paths(page)).filter((shown) => shown === '/error').length, 1);
});

browserTest('what matches is taken along as lines of JSON', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await send(gateway.traffic, ['/', '/error', '/error']);
  await page.goto(`${gateway.page}/#/traffic?query=path%3A%2Ferror`);
  await waitForPaths(page, ['/error', '/error']);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  t.is(download.suggestedFilename(), 'records.ndjson');
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  t.deepEqual(
    lines.map((line) => (JSON.parse(line) as { url: { path: string } }).url.path),
    ['/error', '/error'],
  );
});

browserTest(
  'with 100,000 records behind it and 1,000 arriving a second, the list draws only what is seen',
  async (t) => {
    t.timeout(120_000);
    const dataDir = await makeDataDir(t);
    fill(path.join(dataDir, 'store.sqlite'), 100_000);
    const gateway = await startPageGateway(t, [], { dataDir });
    const page = await openPage(t, await openBrowser(t), gateway.page);
    await page.getByText(/100,\d{3} match/).waitFor();
    const stop = sendSteadily(gateway.port, 1000);
    t.teardown(stop);
    await page.getByText('list is sampled, the store is not').waitFor();
    const following = await watchFrames(page, 0);
    const scrolling = await watchFrames(page, 400);
    t.log('following', following);
    t.log('scrolling', scrolling);
    for (const { lines, longestTaskMs } of [following, scrolling]) {
      t.true(lines < 80, `${lines} lines in the document`);
      t.true(longestTaskMs < 2000, `${longestTaskMs} ms`);
    }
    await page.getByText(/new: show \(f\)/).click();
    await page.waitForFunction(() => document.querySelector('.records-list')!.scrollTop === 0);
    // What was not drawn is there for who asks.
    await page.getByRole('button', { name: 'Pause' }).click();
    const skipped = page.locator('.records-skipped').first();
    const before = Number(
      /([\d,]+) in the list/.exec(await page.innerText('.traffic-counts'))![1]!.replace(',', ''),
    );
    await skipped.getByRole('button').click();
    await page.waitForFunction(
      (count) =>
        Number(
          /([\d,]+) in the list/
            .exec(document.querySelector('.traffic-counts')!.textContent)![1]!
            .replace(',', ''),
        ) > count,
      before,
    );
  },
);

/** Puts records into a store that no gateway has opened yet. */
function fill(file: string, count: number): void {
  const store = RecordStore.open(file);
  const nowMs = Date.now();
  for (let first = 1; first <= count; first += 1000)
    store.insert(
      Array.from({ length: 1000 }, (_, index) => {
        const timestampMs = nowMs - (count - first - index) * 10;
        return {
          ...recordOf(first + index, { '@timestamp': new Date(timestampMs).toISOString() }),
          timestampMs,
        };
      }),
      { run: 'earlier', thread: 0, segment: 1, offset: first },
    );
  store.close();
}

/** Requests on one connection, so many a second, until it is stopped. */
function sendSteadily(port: number, perSecond: number): () => void {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  const startedMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
    // A machine that is late does not catch up in one heap.
    const count = Math.min(due - sent, perSecond / 10);
    sent = due;
    socket.write('GET /api/orders HTTP/1.1\r\nHost: shop.test\r\n\r\n'.repeat(Math.max(0, count)));
  }, 20);
  return () => {
    clearInterval(timer);
    socket.destroy();
  };
}

/** Four seconds of frames, scrolling so many pixels with each. */
function watchFrames(
  page: Page,
  scrollPx: number,
): Promise<{
  frames: number;
  medianMs: number;
  p99Ms: number;
  longestTaskMs: number;
  lines: number;
  scrolledPx: number;
}> {
  return page.evaluate(async (step) => {
    const list = document.querySelector('.records-list')!;
    const times: number[] = [];
    let longestTaskMs = 0;
    const tasks = new PerformanceObserver((found) => {
      for (const { duration } of found.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
    });
    tasks.observe({ entryTypes: ['longtask'] });
    let lines = 0;
    await new Promise<void>((resolve) => {
      const frame = (time: number): void => {
        times.push(time);
        lines = Math.max(lines, document.querySelectorAll('.records-line').length);
        list.scrollTop += step;
        if (time - times[0]! > 4000) resolve();
        else requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    tasks.disconnect();
    const between = times.slice(1).map((time, index) => time - times[index]!);
    between.sort((a, b) => a - b);
    return {
      frames: between.length,
      medianMs: between[Math.floor(between.length / 2)]!,
      p99Ms: between[Math.floor(between.length * 0.99)]!,
      longestTaskMs,
      lines,
      scrolledPx: list.scrollTop,
    };
  }, scrollPx);
}
