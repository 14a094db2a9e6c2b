import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import * as net from 'node:net';
import * as path from 'node:path';
import axe from 'axe-core';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import type { RecordRow } from '../../src/admin/api/records/record-row.ts';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { RecordStore } from '../../src/store/record-store.ts';
import { openBrowser, openPage, testInBrowser } from '../support/page-browser.ts';
import { type PageGateway, startPageGateway } from '../support/page-gateway.ts';
import { makeDataDir } from '../support/process.ts';
import { EXCHANGE, exchangeWith } from '../support/shown-documents.ts';

const browserTest = testInBrowser(test.serial, test.skip);

/** The rows of all records, the oldest first, as soon as there are so many. */
async function rowsOf(gateway: PageGateway, count: number): Promise<readonly RecordRow[]> {
  for (;;) {
    const answer = await fetch(`${gateway.page}/api/records?view=rows&order=oldest`);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    if (lines.length >= count) return lines.map((line) => JSON.parse(line) as RecordRow);
  }
}

/** A gateway whose store has these documents already; their ids are `shown-1` and so on. */
async function gatewayWith(t: ExecutionContext, documents: readonly object[]): Promise<PageGateway> {
  const dataDir = await makeDataDir(t);
  const store = RecordStore.open(path.join(dataDir, 'store.sqlite'));
  const timestampMs = Date.now();
  const records = documents.map((document, index): RecordDocument => {
    const id = `shown-${index + 1}`;
    const event = { ...(document as { event?: object }).event, id, sequence: index + 1 };
    return {
      bytes: Buffer.from(JSON.stringify({ ...document, event })),
      id,
      sequence: index + 1,
      timestampMs,
      kind: 'exchange',
      sourceBytes: 1,
      destinationBytes: 1,
    };
  });
  store.insert(records, { run: 'run-1', thread: 0, segment: 1, offset: 1 });
  store.close();
  return startPageGateway(t, [], { dataDir });
}

async function open(page: Page, gateway: PageGateway, id: string, more = ''): Promise<void> {
  await page.goto(`${gateway.page}/#/traffic?record=${id}${more}`);
  await page.locator('.record-panel').waitFor();
}

const ORDER = '{"item":"tea","price":12345678901234567890,"password":"geheim"}';

/** Sends them one behind the other, and waits until the gateway closes. */
async function sendOnOneConnection(port: number, requests: readonly string[]): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(requests.join(''));
  socket.resume();
  await once(socket, 'close');
}

/** Whether something is wider than it may be. */
function widthFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.record, .record-head, .record-panel')]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => `${element.className || element.tagName}: ${element.scrollWidth}`),
  );
}

browserTest('a failed request says why, and can be taken away', async (t) => {
  const gateway = await startPageGateway(t);
  await sendOnOneConnection(gateway.port, [
    'GET /error?token=geheim HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    `POST /api/orders HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${ORDER.length}\r\n\r\n${ORDER}`,
  ]);
  const [failed, posted] = await rowsOf(gateway, 2);
  const page = await openPage(t, await openBrowser(t), gateway.page);

  await open(page, gateway, failed!.id);
  await page.getByText('The application answered 500 Internal Server Error.').waitFor();
  await page.getByText('One value that looked secret was covered').waitFor();
  t.true(await page.getByRole('table', { name: 'Where the time went' }).isVisible());

  await page.getByRole('link', { name: /POST \/api\/orders/ }).click();
  await page.waitForFunction((id) => location.hash.includes(id), posted!.id);
  await page.getByRole('tab', { name: 'Request' }).click();
  await page.getByText('12345678901234567890', { exact: true }).waitFor();
  t.is(await page.getByText('geheim').count(), 0);

  const menu = page.getByRole('button', { name: 'Copy', exact: false }).first();
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Copy as cURL' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Copied a curl command').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  t.regex(command, /^# 1 value was redacted in the record/);
  t.true(command.includes("--url 'http://shop.test/api/orders'"));
  t.is(await page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 4)), 'Copy');

  await page.keyboard.press('ArrowDown');
  await page.getByRole('menuitem', { name: 'Copy as cURL' }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  t.is(await page.evaluate(() => document.activeElement?.textContent), 'Download HAR');
  const har = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const file = await har;
  t.is(file.suggestedFilename(), `tapline-${posted!.id}.har`);
  const archive = JSON.parse(await readFile(await file.path(), 'utf8')) as {
    log: { version: string; entries: { request: { method: string } }[] };
  };
  t.like(archive.log, { version: '1.2' });
  t.is(archive.log.entries[0]!.request.method, 'POST');

  await menu.click();
  const body = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download request body' }).click();
  t.is((await body).suggestedFilename(), 'request-orders.json');

  await page.keyboard.press('4');
  await page.getByRole('region', { name: 'The document' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.record').waitFor({ state: 'detached' });
});

const MARKUP = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';
const REORDERING = '\u202eexe.gpj\u2066\u0000\u001b[31m\u009b\u200b\ud800';

const HOSTILE: readonly object[] = [
  exchangeWith({
    http: {
      request: {
        method: `GET${REORDERING}${MARKUP}`,
        headers: { [`x${MARKUP}`]: MARKUP, long: 'z'.repeat(65_536), cookie: `a=${MARKUP}; b=${REORDERING}` },
        body: { content: `${MARKUP}${REORDERING}${'\u202e'.repeat(65_536)}` },
        mime_type: 'text/plain',
      },
      response: {
        mime_type: 'text/html',
        body: { content: `<!doctype html>${MARKUP}${'x'.repeat(65_536)}` },
      },
    },
    url: {
      full: `http://shop.test/${MARKUP}${REORDERING}${'a'.repeat(65_536)}`,
      query: `${MARKUP}=${MARKUP}&${'q'.repeat(10_000)}=%ff${REORDERING}`,
    },
    error: { type: MARKUP, message: `${MARKUP}${REORDERING}` },
    trace: { id: `"><script>${MARKUP}` },
    server: { address: MARKUP },
  }),
  exchangeWith({
    http: {
      request: {
        mime_type: 'multipart/form-data',
        body: {
          content: `--b\r\nContent-Disposition: form-data; name="${MARKUP}"; filename="../../${MARKUP}"\r\n\r\n${'w'.repeat(65_536)}`,
        },
      },
      response: {
        mime_type: 'text/event-stream',
        body: {
          content: `event: ${MARKUP}\nid: ${'i'.repeat(5000)}\ndata: ${MARKUP}${'d'.repeat(65_536)}\n\n`,
        },
      },
    },
  }),
  exchangeWith({
    http: {
      request: { mime_type: 'application/json', body: { content: '['.repeat(65_536) } },
      response: { mime_type: 'application/json', body: { content: `{"${MARKUP}":"${'j'.repeat(65_536)}` } },
    },
  }),
  // What a script may make.
  {
    http: ['a'],
    url: 7,
    tapline: { kind: [MARKUP], gap: 0, request: 'x', connection: { id: {} } },
    error: { type: {} },
    trace: [],
  },
  { tapline: { kind: 'gap', run: { id: 'run-1' }, gap: { from: 1, to: 5, count: 5, reason: MARKUP } } },
  {
    tapline: {
      kind: 'summary',
      rule: `count path=${MARKUP}${'r'.repeat(5000)}`,
      capture: 'count',
      summary: { count: 3, status: { [MARKUP]: 3 } },
    },
  },
];

for (const width of [360, 768, 1280])
  browserTest(`hostile records run nothing and keep to a window of ${width} pixels`, async (t) => {
    const gateway = await gatewayWith(t, HOSTILE);
    const page = await openPage(t, await openBrowser(t, { width }), gateway.page);
    for (let number = 1; number <= HOSTILE.length; number++) {
      await open(page, gateway, `shown-${number}`);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        t.deepEqual(await widthFaults(page), [], `record ${number}, ${await tab.textContent()}`);
        const views = page.getByRole('group', { name: /^View of the/ }).getByRole('button');
        for (const view of await views.all()) {
          await view.click();
          t.deepEqual(await widthFaults(page), [], `record ${number}, ${await view.textContent()}`);
        }
      }
      await page.getByRole('tab', { name: 'Overview' }).click();
    }
    await page.goto(`${gateway.page}/#/traffic?record=shown-1&compare=shown-3`);
    await page.getByRole('region', { name: 'Differences', exact: true }).waitFor();
    t.deepEqual(await widthFaults(page), [], 'compared');
    t.is(await page.evaluate(() => (globalThis as { ran?: unknown }).ran), undefined);
    t.is(await page.locator('.record img, .record script').count(), 0);
  });

browserTest('what is not there says so', async (t) => {
  const gateway = await gatewayWith(t, [
    { tapline: { kind: 'gap', gap: { from: 5, to: 1204, count: 1200, reason: 'spool-full' } } },
    exchangeWith({
      http: { response: { mime_type: 'image/png', body: { bytes: 70_000, content: undefined } } },
      tapline: { response: { body: { truncated: false, hash: 'hmac-sha256:0123' } } },
    }),
  ]);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await page.goto(`${gateway.page}/#/traffic?record=shown-99`);
  await page.getByRole('heading', { name: 'This record is not there' }).waitFor();
  await open(page, gateway, 'shown-1');
  await page.getByText('1,200 records are missing here, sequence 5 to 1204: spool-full.').waitFor();
  t.deepEqual(await page.getByRole('tab').allTextContents(), ['Overview', 'Document']);
  await open(page, gateway, 'shown-2');
  await page.getByRole('tab', { name: 'Response' }).click();
  await page.getByText('The response body is not text, so its bytes are not kept.').waitFor();
  await page.getByText('hmac-sha256:0123').waitFor();
});

browserTest('a body of 2 MiB is drawn in parts', async (t) => {
  const content = JSON.stringify(
    Array.from({ length: 30_000 }, (_, id) => ({ id, name: `item number ${id}`, v: [1.5, null] })),
  );
  t.true(content.length > 1_500_000);
  const gateway = await gatewayWith(t, [exchangeWith({ http: { response: { body: { content } } } })]);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await open(page, gateway, 'shown-1');
  await page.getByRole('tab', { name: 'Response' }).click();
  const lines = page.locator('.code-line');
  t.true((await lines.count()) <= 2000);
  const before = await lines.count();
  await page.getByRole('button', { name: 'Show more', exact: true }).click();
  t.true((await lines.count()) > before);
  const find = page.getByRole('searchbox', { name: /^Find in: The response body/ });
  await find.fill('item number 29999');
  await page.getByText('1 of 1', { exact: true }).waitFor();
  t.is(await page.locator('.code-found').textContent(), 'item number 29999');
  t.true(await page.locator('.code-found').isVisible());
  t.true((await lines.count()) <= 2000);
  await find.fill('"id"');
  await page.getByText('1 of 5,000 or more').waitFor();
  await find.press('Enter');
  await page.getByText('2 of 5,000 or more').waitFor();
});

browserTest('two records beside each other', async (t) => {
  const gateway = await gatewayWith(t, [
    EXCHANGE,
    exchangeWith({
      http: {
        request: { headers: { 'x-many': undefined } },
        response: { status_code: 500, body: { content: '{"id":43}' } },
      },
    }),
  ]);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await open(page, gateway, 'shown-2', '&compare=shown-1');
  const facts = page.getByRole('table', { name: 'Overview: different' });
  t.deepEqual(await facts.getByRole('row').nth(1).getByRole('cell').allTextContents(), [
    '201 Created',
    '500 Internal Server Error',
  ]);
  t.deepEqual(
    await page
      .getByRole('region', { name: 'Response body: differences' })
      .locator('.diff-line')
      .allTextContents(),
    [' {', '−only in A:   "id": 42', '+only in B:   "id": 43', ' }'],
  );
});

for (const colorScheme of ['dark', 'light'] as const)
  browserTest(`an accessibility checker finds nothing serious, ${colorScheme}`, async (t) => {
    const gateway = await gatewayWith(t, [
      ...HOSTILE,
      exchangeWith({
        error: { type: 'Timeout', message: '' },
        tapline: { response: { from_gateway: true } },
      }),
    ]);
    const page = await openPage(t, await openBrowser(t, { colorScheme }), gateway.page);
    const check = async (what: string): Promise<void> => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => axe.run('.record'));
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      t.deepEqual(
        serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`),
        [],
        what,
      );
    };
    for (const id of ['shown-2', 'shown-7']) {
      await open(page, gateway, id);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await check(`${id}, ${await tab.textContent()}`);
      }
      await page.getByRole('tab', { name: 'Overview' }).click();
    }
    await page.getByRole('button', { name: 'Copy' }).click();
    await check('the menu');
    await page.goto(`${gateway.page}/#/traffic?record=shown-7&compare=shown-2`);
    await page.getByRole('region', { name: 'Differences', exact: true }).waitFor();
    await check('compared');
  });
