import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that tests of the page use; null where none is installed: they are skipped then. */
export const BROWSER: string | null =
  process.env['TAPLINE_BROWSER'] || CANDIDATES.find((file) => existsSync(file)) || null;

/** Declares a test that needs a browser. @param declare `test` or `test.serial` @param skip `test.skip`, for a machine that has none */
export function testInBrowser(
  declare: (title: string, run: Implementation) => void,
  skip: (title: string, run: Implementation) => void,
): (title: string, run: Implementation) => void {
  return BROWSER === null
    ? (title, run) => skip(`${title}: needs Chromium (apt-get install chromium, or TAPLINE_BROWSER)`, run)
    : declare;
}

type Implementation = (t: ExecutionContext) => Promise<void>;

/** Nothing that calls home, or that a container does not have. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'dark' | 'light';
}

/** A browser with an empty profile, closed and removed after the test. */
export async function openBrowser(
  t: ExecutionContext,
  { width = 1280, height = 800, colorScheme = 'dark' }: PageOptions = {},
): Promise<BrowserContext> {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'tapline-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: BROWSER!,
    headless: true,
    args: BROWSER_FLAGS,
    viewport: { width, height },
    colorScheme,
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  t.teardown(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });
  context.setDefaultTimeout(15_000);
  return context;
}

/** A tab whose faults fail the test: errors of scripts, of the console (content-security policy among them), requests to other hosts. */
export async function openPage(t: ExecutionContext, context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    // Answers that are no success are told there, too; the page shows them.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') faults.push(`request to ${request.url()}`);
  });
  t.teardown(() => {
    if (faults.length > 0) throw new Error(`the page has faults:\n${faults.join('\n')}`);
  });
  await page.goto(address);
  return page;
}
