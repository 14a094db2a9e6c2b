// Bundles the gateway into dist/ (or the folder that is given): starts faster and takes less memory than the sources. Run by `npm run build`.
import { chmodSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.join(import.meta.dirname, '..');

/** Each becomes a file of its own: what Node is started with, and the worker of a data thread. */
const ENTRIES = [
  'src/main.ts',
  'src/gateway/data-thread-entry.ts',
  'src/cli/health-check.ts',
  'src/cli/sample-service.ts',
  'src/cli/sample-traffic.ts',
];

const outputFolder = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist'));
rmSync(outputFolder, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRIES,
  outdir: outputFolder,
  entryNames: '[name]',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  // What is imported only when it is configured stays a file that is only read then.
  splitting: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  // Packages that are CommonJS ask for the modules of Node with `require`.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  sourcemap: 'linked',
  sourcesContent: false,
  minify: true,
  logLevel: 'warning',
  plugins: [placesOfSources(), namesOfPackages()],
});
// Its first line names Node: it is a command where it lies on the PATH.
chmodSync(path.join(outputFolder, 'main.js'), 0o755);

/**
 * A bundled module still finds what lies beside its source (package.json, the programs of src/pipelines, dashboards): its own place is
 * replaced by the one that it has in the source. Workers are found beside the bundle.
 */
function placesOfSources(): Plugin {
  const fromOutput = (target: string): string =>
    JSON.stringify(path.relative(outputFolder, target).replaceAll(path.sep, '/'));
  const workers = new Set(ENTRIES.map((entry) => path.basename(entry, '.ts')));
  return {
    name: 'places-of-sources',
    setup({ onLoad }) {
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path: file }) => {
        const source = await readFile(file, 'utf8');
        const contents = source
          .replaceAll(/new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g, (_, name: string) => {
            if (!workers.has(name))
              throw new Error(`${file} starts ${name}.ts: add it to the entries of bin/build.ts`);
            return `new URL('./${name}.js', import.meta['url'])`;
          })
          .replaceAll(
            'import.meta.dirname',
            `process.getBuiltinModule('node:url').fileURLToPath(new URL(${fromOutput(path.dirname(file))}, import.meta['url']))`,
          )
          .replaceAll('import.meta.url', `new URL(${fromOutput(file)}, import.meta['url']).href`);
        return { contents, loader: 'ts' };
      });
    },
  };
}

/**
 * A package in CommonJS that is imported only when it is needed keeps its named exports: esbuild gives a file of its own that has nothing but
 * `default`.
 */
function namesOfPackages(): Plugin {
  const namespace = 'names-of-packages';
  return {
    name: namespace,
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path: name, kind, namespace: from }) =>
        kind === 'dynamic-import' && !name.startsWith('node:') && from !== namespace
          ? { path: name, namespace }
          : null,
      );
      onLoad({ filter: /.*/, namespace }, async ({ path: name }) => {
        const exported = Object.keys((await import(name)) as object).filter((key) => /^[\w$]+$/.test(key));
        const source = JSON.stringify(name);
        const names = exported.filter((key) => key !== 'default').join(', ');
        const byDefault = exported.includes('default') ? 'export default all.default;\n' : '';
        return {
          contents: `import * as all from ${source};\nexport const { ${names} } = all;\n${byDefault}`,
          resolveDir: ROOT,
        };
      });
    },
  };
}
