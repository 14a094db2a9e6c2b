// Bundles the page of the admin port into dist/page (or the folder that is given). Run by `npm ci` and `npm run build:page`; with --if-stale only where
// a source is newer than the bundle, with --watch again after each change.
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, context, type Metafile, type Plugin } from 'esbuild';

const ROOT = path.join(import.meta.dirname, '..');
const SOURCE = path.join(ROOT, 'src/admin/ui');
/** Of all files together, compressed. */
const MAX_BYTES = 350 * 1024;

/** Writes the page: `index.html` and what it loads, each file also compressed (`.gz`). @returns bytes of all compressed files together */
export async function buildPage(folder: string, { isWatching = false } = {}): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  let bytes = 0;
  const finish: Plugin = {
    name: 'finish',
    setup({ onEnd }) {
      onEnd(({ metafile, errors }) => {
        if (errors.length === 0) bytes = writeRest(folder, metafile!);
      });
    },
  };
  const options: BuildOptions = {
    absWorkingDir: ROOT,
    entryPoints: [path.join(SOURCE, 'main.tsx')],
    outdir: folder,
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    publicPath: '/',
    bundle: true,
    // The editor is a file of its own that is loaded when it is opened.
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    loader: { '.svg': 'file' },
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [finish],
  };
  if (isWatching) await (await context(options)).watch();
  else await build(options);
  return bytes;
}

/** What esbuild does not: the document, and a compressed copy of each file. */
function writeRest(folder: string, { outputs }: Metafile): number {
  const files = Object.keys(outputs).map((file) =>
    path.relative(folder, path.join(ROOT, file)).replaceAll(path.sep, '/'),
  );
  const find = (what: string, pattern: RegExp): string => {
    const found = files.find((file) => pattern.test(file));
    if (found === undefined) throw new Error(`the bundle has no ${what}`);
    return found;
  };
  const document = readFileSync(path.join(SOURCE, 'index.html'), 'utf8')
    .replace('{{script}}', find('script', /^assets\/main-\w+\.js$/))
    .replace('{{style}}', find('style', /^assets\/main-\w+\.css$/))
    .replace('{{icon}}', find('icon', /^assets\/icon-\w+\.svg$/));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), document);
  let bytes = 0;
  for (const file of files) {
    const compressed = gzipSync(readFileSync(path.join(folder, file)), { level: 9 });
    writeFileSync(path.join(folder, `${file}.gz`), compressed);
    bytes += compressed.length;
  }
  if (bytes > MAX_BYTES)
    throw new Error(`the page is ${bytes} bytes compressed, more than ${MAX_BYTES}: leave something out`);
  return bytes;
}

/** Whether a source is newer than the bundle. */
function isStale(folder: string): boolean {
  const built = statSync(path.join(folder, 'index.html'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  // What the page imports from elsewhere in src/ is little, but anything there may be it.
  const sources = globSync(['src/**/*.{ts,tsx,css,html,svg}', 'package-lock.json', 'bin/build-page.ts'], {
    cwd: ROOT,
  });
  return sources.some((file) => statSync(path.join(ROOT, file)).mtimeMs > built.mtimeMs);
}

if (import.meta.main) {
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
  const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  const folder = path.resolve(given ?? path.join(ROOT, 'dist/page'));
  if (!flags.includes('--if-stale') || isStale(folder)) {
    const bytes = await buildPage(folder, { isWatching: flags.includes('--watch') });
    if (!flags.includes('--if-stale'))
      console.log(
        `page: ${Math.round(bytes / 1024)} KiB compressed in ${path.relative(process.cwd(), folder)}`,
      );
  }
}
