import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import test from 'ava';
import { openBrowser, openPage, testInBrowser } from '../support/page-browser.ts';
import { startPageGateway } from '../support/page-gateway.ts';
import { makeDataDir } from '../support/process.ts';

const browserTest = testInBrowser(test, test.skip);

browserTest(
  'the page opens on the traffic, tells what it fronts, and every view has an address',
  async (t) => {
    const gateway = await startPageGateway(t);
    const context = await openBrowser(t);
    const page = await openPage(t, context, gateway.page);
    await page.getByText(`127.0.0.1:${gateway.port} →`).waitFor();
    t.is(await page.title(), 'Traffic · Tapline');
    for (const [name, hash] of [
      ['Health', '#/health'],
      ['Program', '#/program'],
      ['Traffic', '#/traffic'],
    ] as const) {
      await page.getByRole('link', { name }).click();
      await page.waitForFunction((title) => document.title === title, `${name} · Tapline`);
      t.true(page.url().includes(hash));
      t.is(await page.getByRole('link', { name }).getAttribute('aria-current'), 'page');
    }
    await page.goBack();
    await page.waitForFunction(() => document.title === 'Program · Tapline');
  },
);

browserTest('? shows the keys, Escape closes, and the focus is where it was', async (t) => {
  const gateway = await startPageGateway(t);
  const context = await openBrowser(t);
  const page = await openPage(t, context, gateway.page);
  await page.getByRole('link', { name: 'Health' }).focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.is(await page.evaluate(() => document.activeElement?.textContent), 'Health');
});

browserTest('a gateway that is killed is said to be gone, and the page finds it again', async (t) => {
  const gateway = await startPageGateway(t);
  const context = await openBrowser(t);
  const page = await openPage(t, context, gateway.page);
  await page.getByText(`127.0.0.1:${gateway.port} →`).waitFor();
  await gateway.end('SIGKILL');
  await page.getByText(/The gateway has not answered since \d\d:\d\d:\d\d/).waitFor();
  const again = await startPageGateway(t, [], {
    port: Number(new URL(gateway.page).port),
    dataDir: gateway.dataDir,
  });
  await page.getByText(/The gateway answers again, after/).waitFor();
  await page.getByText(`127.0.0.1:${again.port} →`).waitFor();
  t.pass();
});

browserTest('where a token is asked for, the page asks for it once', async (t) => {
  const folder = await makeDataDir(t);
  const file = path.join(folder, 'token');
  await writeFile(file, 'correct-horse-battery\n', { mode: 0o600 });
  const gateway = await startPageGateway(t, [`--gui-token-file=${file}`]);
  const context = await openBrowser(t);
  const page = await openPage(t, context, gateway.page);
  const field = page.getByLabel('Token');
  await field.fill('a-wrong-token-of-some-length');
  await field.press('Enter');
  await page.getByText('This is not the token.').waitFor();
  await field.fill('correct-horse-battery');
  await field.press('Enter');
  await page.getByText(`127.0.0.1:${gateway.port} →`).waitFor();
  await page.reload();
  await page.getByText(`127.0.0.1:${gateway.port} →`).waitFor();
  t.is(await page.evaluate(() => document.cookie), '', 'no script can read the cookie');
  t.is((await fetch(`${gateway.page}/api/info`)).status, 401);
});

browserTest('what a gateway that starts cannot tell yet is asked again as soon as it can', async (t) => {
  const gateway = await startPageGateway(t);
  const page = await openPage(t, await openBrowser(t), 'about:blank');
  let refusals = 0;
  await page.route('**/api/info', async (route) => {
    if (++refusals > 2) return route.continue();
    await route.fulfill({ status: 503, json: { error: 'The gateway is starting.', state: 'starting' } });
  });
  await page.goto(gateway.page);
  await page.locator('.shell-what', { hasText: gateway.traffic }).waitFor();
  t.true(refusals > 2);
});
