import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { PageFiles } from '../../src/admin/page-files.ts';

function makeFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-page-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<meta content="{{nonce}}">');
  writeFileSync(path.join(folder, 'assets/main-ABC.js'), 'plain');
  writeFileSync(path.join(folder, 'assets/main-ABC.js.gz'), 'packed');
  symlinkSync('/etc/hostname', path.join(folder, 'assets/link.js'));
  return folder;
}

test('the document has another nonce each time, in the policy too', async (t) => {
  const page = new PageFiles(makeFolder(t));
  const first = (await page.answer('/', undefined, undefined))!;
  const nonce = /content="([^"]{24})"/.exec(first.body as string)![1]!;
  t.true(first.headers!['Content-Security-Policy']!.includes(`style-src 'self' 'nonce-${nonce}'`));
  t.notRegex(first.headers!['Content-Security-Policy']!, /unsafe/);
  const second = (await page.answer('/index.html', undefined, undefined))!;
  t.not(second.body, first.body);
});

test('files are served compressed where that is understood, with a strong tag', async (t) => {
  const page = new PageFiles(makeFolder(t));
  const packed = (await page.answer('/assets/main-ABC.js', 'br, gzip', undefined))!;
  t.is(String(packed.body as Buffer), 'packed');
  t.like(packed.headers, { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding', ETag: '"main-ABC.js.gz"' });
  const plain = (await page.answer('/assets/main-ABC.js', 'gzip;q=0', undefined))!;
  t.is(String(plain.body as Buffer), 'plain');
  t.is(plain.headers!['Content-Encoding'], undefined);
  t.like(await page.answer('/assets/main-ABC.js', 'gzip', packed.headers!['ETag']), {
    status: 304,
    body: '',
  });
});

test('only the files of the page are there', async (t) => {
  const page = new PageFiles(makeFolder(t));
  for (const target of [
    '/assets',
    '/assets/',
    '/assets/../index.html',
    '/../etc/hostname',
    '/assets/link.js',
    '/assets/main-ABC.js.gz',
  ])
    t.is(await page.answer(target, 'gzip', undefined), null, target);
});

test('a page that is built anew is found without a new start', async (t) => {
  const folder = makeFolder(t);
  const page = new PageFiles(folder);
  writeFileSync(path.join(folder, 'assets/main-NEW.js'), 'new');
  t.is(await page.answer('/assets/main-NEW.js', undefined, undefined), null);
  await page.answer('/', undefined, undefined);
  t.is(String((await page.answer('/assets/main-NEW.js', undefined, undefined))!.body as Buffer), 'new');
});

test('a page that is not built says what to do', async (t) => {
  const page = new PageFiles('/nowhere');
  t.false(page.isBuilt);
  t.like(await page.answer('/', undefined, undefined), { status: 503 });
});
