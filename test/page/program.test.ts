import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { openBrowser, openPage, type PageOptions, testInBrowser } from '../support/page-browser.ts';
import { type PageGateway, startPageGateway } from '../support/page-gateway.ts';

// One after the other: a browser and a gateway each are enough for a small machine.
const browserTest = testInBrowser(test.serial, test.skip);

interface Opened {
  readonly gateway: PageGateway;
  readonly page: Page;
  /** Where copies of the built-in program and other scripts are. */
  readonly folder: string;
}

async function open(t: ExecutionContext, hash: string, options: PageOptions = {}): Promise<Opened> {
  const gateway = await startPageGateway(t);
  const folder = path.join(gateway.dataDir, 'program');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const context = await openBrowser(t, options);
  const page = await openPage(t, context, `${gateway.page}/${hash}`);
  return { gateway, page, folder };
}

/** What a new connection is answered: open ones stay with the program that they began with. */
async function ask(address: string): Promise<string> {
  const request = http.get(address, { agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const piece of response) text += piece;
  return text;
}

/** Puts the cursor at the end of a line and types there. */
async function typeAtEndOf(page: Page, line: string, text: string): Promise<void> {
  await page.locator('.cm-line', { hasText: line }).click();
  await page.keyboard.press('End');
  await page.keyboard.type(text);
}

const button = (page: Page, name: string): ReturnType<Page['getByRole']> =>
  page.getByRole('button', { name, exact: true });

browserTest('with nothing running the page opens with the editor, and says so elsewhere', async (t) => {
  const gateway = await startPageGateway(t);
  const stopped = await fetch(`${gateway.page}/api/program`, {
    method: 'DELETE',
    headers: { Origin: gateway.page },
  });
  t.true(stopped.ok);
  const page = await openPage(t, await openBrowser(t), gateway.page);
  await page.waitForFunction(() => location.hash === '#/program/editor');
  await page.getByRole('link', { name: 'Traffic' }).click();
  await page.getByText('Nothing runs yet').waitFor();
  await page.getByRole('link', { name: 'Open the editor' }).click();
  await page.getByRole('treeitem', { name: /audit\.js/ }).click();
  t.is(await page.locator('.shell-what').textContent(), '');
  await button(page, 'Start').click();
  await page.locator('.shell-what', { hasText: 'http://127.0.0.1:' }).waitFor();
});

browserTest('a script that is broken says where; mended, saved and started, it runs', async (t) => {
  const { page, gateway, folder } = await open(t, '#/program/editor/audit.js');
  await page.getByText('The built-in program runs.').waitFor();
  await page.getByRole('treeitem', { name: 'injectRequestHeaders' }).waitFor();
  await typeAtEndOf(page, ".fork('request')", '.link("nowhere")');
  await page.getByRole('button', { name: 'error 13:' }).waitFor();
  t.regex((await page.locator('.problem').textContent())!, /error13:\d+pipeline not found: nowhere/);
  await page.locator('.cm-lintRange-error').waitFor();
  await page.keyboard.type(' )');
  await page.getByText('this is the chart from before the last changes').waitFor();

  await button(page, 'Restart').click();
  await button(page, 'Save and start').click();
  await page.getByText('/audit.js did not start; what ran before runs on.').waitFor();
  const own = path.join(folder, 'audit.js');
  t.regex(await readFile(own, 'utf8'), /nowhere/, 'the first save makes a copy');
  t.regex(await ask(gateway.traffic), /It works/, 'traffic goes on');
  await page.getByRole('button', { name: /\/audit\.js:\d+:\d+/ }).click();
  t.true(await page.evaluate(() => document.activeElement!.classList.contains('cm-content')));

  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(
    `pipy()\n.listen(audit.listen)\n  .decodeHttpRequest()\n  .replaceMessage(new Message('mended'))\n  .encodeHttpResponse()\n`,
  );
  await page.keyboard.press('Control+s');
  await page.locator('.file-mark', { hasText: 'edited' }).waitFor({ state: 'detached' });
  await button(page, 'Restart').click();
  await page.getByText('/audit.js runs.').waitFor();
  t.is(await ask(gateway.traffic), 'mended');
});

browserTest('who saves over a change of somebody else is shown both texts', async (t) => {
  const { page, folder } = await open(t, '#/program/editor/audit.js');
  await page.getByText('The built-in program runs.').waitFor();
  await typeAtEndOf(page, '// The mirrors.', ' MINE');
  const own = path.join(folder, 'audit.js');
  await writeFile(own, "// THEIRS\npipy()\n.task('1s')\n");
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('// THEIRS').waitFor();
  await button(page, 'Decide later').click();
  t.regex(await readFile(own, 'utf8'), /THEIRS/, 'nothing is written before somebody decides');
  t.true(await button(page, 'Save').isDisabled());
  await button(page, 'Compare both').click();
  await button(page, 'Keep mine').click();
  await page.locator('.file-mark', { hasText: 'edited' }).waitFor({ state: 'detached' });
  const saved = await readFile(own, 'utf8');
  t.regex(saved, /The mirrors.* MINE/);
  t.notRegex(saved, /THEIRS/);

  await writeFile(own, '// again\n');
  await button(page, 'Reload it').click();
  await page.locator('.cm-line', { hasText: '// again' }).waitFor();
});

browserTest('what is typed survives other tabs, and the browser asks before it is lost', async (t) => {
  const { page } = await open(t, '#/program/editor/audit.js');
  await typeAtEndOf(page, '// The mirrors.', ' KEPT');
  await page.getByRole('link', { name: 'Traffic' }).click();
  await page.locator('.cm-content').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Program' }).click();
  await page.getByRole('tab', { name: 'Editor' }).click();
  await page.locator('.cm-line', { hasText: 'KEPT' }).waitFor();
  await page.locator('.cm-line', { hasText: 'KEPT' }).click();
  await page.keyboard.press('Control+z');
  await page.locator('.cm-line', { hasText: 'KEPT' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+y');
  await page.locator('.cm-line', { hasText: 'KEPT' }).waitFor();
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  t.is(dialog.type(), 'beforeunload');
  await dialog.accept();
});

browserTest('a gateway that is killed takes nothing of what is typed', async (t) => {
  const { page, gateway, folder } = await open(t, '#/program/editor/audit.js');
  await typeAtEndOf(page, '// The mirrors.', ' KEPT');
  await gateway.end('SIGKILL');
  await page.keyboard.press('Control+s');
  await page.getByText('/audit.js was not saved: The gateway cannot be reached.').waitFor();
  await startPageGateway(t, [], {
    port: Number(new URL(gateway.page).port),
    dataDir: gateway.dataDir,
  });
  await page.getByText(/The gateway answers again, after/).waitFor();
  await page.keyboard.press('Control+s');
  await page.locator('.file-mark', { hasText: 'edited' }).waitFor({ state: 'detached' });
  t.regex(await readFile(path.join(folder, 'audit.js'), 'utf8'), /The mirrors.* KEPT/);
});

browserTest('the console goes on with what a gateway says that was started anew', async (t) => {
  const { page, gateway } = await open(t, '#/program/console');
  const listening = page.locator('.console-line', { hasText: 'Listening on' });
  await listening.waitFor();
  await gateway.end('SIGKILL');
  await startPageGateway(t, [], {
    port: Number(new URL(gateway.page).port),
    dataDir: gateway.dataDir,
  });
  await page.getByText('The gateway was started anew.').waitFor();
  await listening.nth(1).waitFor();
  t.is(await listening.count(), 2);
});

browserTest('the chart of what runs shows what passes, and leads to the source', async (t) => {
  const { page, gateway } = await open(t, '#/program/running');
  const box = page.getByRole('treeitem', { name: /^inspectHttpRequest/ });
  await page.getByRole('treeitem', { name: /^captureResponse/ }).waitFor();
  let isOver = false;
  const traffic = (async () => {
    while (!isOver) await (await fetch(`${gateway.traffic}/`)).text();
  })();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[role=treeitem]')].some((one) =>
      /inspectHttpRequest.*[1-9][\d.k]* ev\/s/.test(one.textContent ?? ''),
    ),
  );
  isOver = true;
  await traffic;
  t.regex(
    (await box.getAttribute('aria-description'))!,
    /filter inspectHttpRequest; .* events a second; line 12/,
  );

  await page.getByRole('treeitem').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  t.is(await page.locator(':focus .chart-name').textContent(), 'inspectHttpRequest');
  await page.keyboard.press('Enter');
  await page.locator('.cm-activeLine', { hasText: 'inspectHttpRequest' }).waitFor();
  t.regex(page.url(), /#\/program\/editor\/audit\.js\?line=12/);
});

browserTest('a filter that fails is marked, and what it says of hostile text is text', async (t) => {
  const { page, gateway, folder } = await open(t, '#/program/running');
  await writeFile(
    path.join(folder, 'bad.js'),
    `pipy()
.listen(audit.listen)
  .decodeHttpRequest()
  .onMessageStart(({ head }) => (console.log('got', head.path), (() => { throw new Error(decodeURIComponent(head.path)) })()))
  .replaceMessage(new Message('x'))
  .encodeHttpResponse()
`,
  );
  await page.goto(`${gateway.page}/#/program/editor/bad.js`);
  await page.locator('.cm-line', { hasText: 'decodeURIComponent' }).waitFor();
  await button(page, 'Start').click();
  await page.getByText('/bad.js runs.').waitFor();
  await fetch(`${gateway.traffic}/%E2%80%AE<img%20src=x%20onerror=document.title=1>`).catch(() => {});
  await page.locator('.console-line', { hasText: 'got' }).first().waitFor();
  await page.getByRole('tab', { name: 'Running' }).click();
  const told = page.locator('.program-error').first();
  await told.waitFor();
  t.regex((await told.textContent())!, /onMessageStart failed once, the last at .*<img src=x/);
  t.is(await page.locator('.program-error img').count(), 0);
  t.is(await told.locator('.hidden-character').textContent(), 'RLO');
  await told.click();
  await page.locator('.cm-activeLine', { hasText: 'onMessageStart' }).waitFor();
  t.is(await page.title(), 'Program · Tapline');
});

browserTest('files are made and deleted, and a program is stopped and started', async (t) => {
  const { page, gateway, folder } = await open(t, '#/program/editor');
  await page.getByRole('treeitem', { name: 'audit.js running' }).waitFor();
  await button(page, 'New file').click();
  const name = page.getByRole('textbox', { name: 'Name, in the folder of the program' });
  await name.fill('audit.js');
  await name.press('Enter');
  await page.getByText('/audit.js exists already.').waitFor();
  await name.fill('lib/more.js');
  await name.press('Enter');
  await page.getByRole('treeitem', { name: 'more.js' }).waitFor();
  t.is(await readFile(path.join(folder, 'lib/more.js'), 'utf8'), '');
  await button(page, 'Delete').click();
  await page
    .getByRole('dialog', { name: 'Delete /lib/more.js?' })
    .getByRole('button', { name: 'Delete' })
    .click();
  await page.getByRole('treeitem', { name: 'more.js' }).waitFor({ state: 'detached' });
  await t.throwsAsync(readFile(path.join(folder, 'lib/more.js')), { code: 'ENOENT' });

  await button(page, 'Stop').click();
  await page.getByRole('treeitem', { name: 'audit.js running' }).waitFor({ state: 'detached' });
  await t.throwsAsync(fetch(`${gateway.traffic}/`));
  await page.getByRole('tab', { name: 'Running' }).click();
  await page.getByText('Nothing runs').waitFor();
  await page.getByRole('link', { name: 'Open the editor' }).click();
  await page.getByRole('treeitem', { name: 'audit.js' }).click();
  await button(page, 'Start').click();
  await page.getByText('/audit.js runs.').waitFor();
  const line = page.locator('.console-line', { hasText: 'started /audit.js; listening on' });
  const address = /listening on (\S+)/.exec((await line.textContent())!)![1]!;
  t.regex(await ask(`http://${address}/`), /It works/);
});

browserTest('the editor completes filters, pipelines, options, and members', async (t) => {
  const { page } = await open(t, '#/program/editor/audit.js');
  const offered = page.locator('.cm-completionLabel');
  await typeAtEndOf(page, ".fork('request')", '\n.connec');
  await offered.getByText('connect', { exact: true }).waitFor();
  await page.locator('.cm-completionInfo').getByText('Connects to a host').waitFor();
  await offered.getByText('connect', { exact: true }).click();
  await page.keyboard.type("('x', { buffer");
  await offered.getByText('bufferLimit', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await typeAtEndOf(page, ".fork('response')", "\n.link('re");
  await offered.getByText('response', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await typeAtEndOf(page, '// The mirrors', '\nalgo.has');
  await offered.getByText('hash', { exact: true }).waitFor();
  t.pass();
});

browserTest('the editor does not keep the keyboard', async (t) => {
  const { page } = await open(t, '#/program/editor/audit.js');
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Tab');
  t.true(await page.evaluate(() => document.activeElement!.classList.contains('cm-content')));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  t.false(await page.evaluate(() => document.activeElement!.closest('.cm-editor') !== null));
});

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

for (const [width, colorScheme] of [
  [1280, 'dark'],
  [360, 'light'],
] as const) {
  browserTest(`axe finds nothing serious, ${width} px wide, ${colorScheme}`, async (t) => {
    const { page, gateway } = await open(t, '#/program/running', { width, colorScheme });
    for (const [part, seen] of [
      ['running', '.chart-box'],
      ['editor/audit.js', '.cm-content'],
      ['console', '.console-tools'],
    ] as const) {
      await page.goto(`${gateway.page}/#/program/${part}`);
      await page.locator(seen).first().waitFor();
      t.true(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${part} is as wide as the window`,
      );
      await page.evaluate(await readFile(AXE, 'utf8'));
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: {
            run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
          };
        };
        const { violations } = await axe.run();
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`);
      });
      t.deepEqual(found, [], part);
    }
  });
}
