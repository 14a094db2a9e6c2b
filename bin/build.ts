// Bundles the gateway and its page into dist/ (or the folder that is given): starts faster and takes less memory than the sources. Run by `npm run build`.
import { chmodSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildPage } from './build-page.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** Each becomes a file of its own: what Node is started with, and the workers: of a data thread, of who reads records, and of a program that is tried. */
const ENTRIES = [
  'src/main.ts',
  'src/gateway/data-thread-entry.ts',
  'src/gateway/try-program-entry.ts',
  'src/admin/record-reader/record-reader-entry.ts',
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
  plugins: [placesOfSources(), leanBuiltins(), leanPackages(), namesOfPackages()],
});
await buildPage(path.join(outputFolder, 'page'));
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
 * Modules of Node that get parts of themselves only when these are asked for, and are asked for all of them where they are imported: `node:http`
 * brings Node's own undici and HTTP/2 in, 16 MB. Asked for as CommonJS does, they bring what is used.
 */
function leanBuiltins(): Plugin {
  const [namespace, lateNamespace] = ['lean-builtins', 'late-builtins'];
  return {
    name: namespace,
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^(?:node:)?(?:fs|http|process|util)$/ }, ({ path: name, kind }) =>
        kind === 'require-call'
          ? null
          : {
              path: name.replace(/^node:/, ''),
              namespace: kind === 'dynamic-import' ? lateNamespace : namespace,
            },
      );
      onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
        contents: `module.exports = process.getBuiltinModule('node:${name}');`,
      }));
      onLoad({ filter: /.*/, namespace: lateNamespace }, ({ path: name }) => ({
        contents: lateBuiltin(name),
      }));
    },
  };
}

/** What is imported later has a file of its own, and needs its names there: all but those whose value would only be brought in by asking. */
function lateBuiltin(name: string): string {
  const module = process.getBuiltinModule(`node:${name}`) as object;
  const names = Object.entries(Object.getOwnPropertyDescriptors(module))
    .filter(([key, { get }]) => get === undefined && key !== 'default')
    .map(([key]) => key);
  return `const all = process.getBuiltinModule('node:${name}');\nexport default all;\nexport const { ${names.join(', ')} } = all;`;
}

/**
 * Packages of which little is used, without the rest: loaded, it would take some 20 MB in a process that is to take little. What is left out is an
 * error of this build, or says at run time where it was left out.
 */
function leanPackages(): Plugin {
  const namespace = 'lean-packages';
  // The SDK of OpenTelemetry imports its exporters for gRPC whatever the protocol; YAML is read where there is a file of options.
  const late = ['@opentelemetry/otlp-grpc-exporter-base', 'yaml'];
  const isLate = new RegExp(`^(?:${late.join('|')})$`);
  const lean = (contents: string): { contents: string; resolveDir: string } => ({
    contents,
    resolveDir: ROOT,
  });
  return {
    name: namespace,
    setup({ onLoad, onResolve }) {
      // One copy, ours, also for the transport of the client of Elasticsearch, which has its own; and of it what sends requests.
      onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace }));
      onLoad({ filter: /^undici$/, namespace }, () =>
        lean(`
          import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
          import api from 'undici/lib/api/index.js';
          import Agent from 'undici/lib/dispatcher/agent.js';
          import Pool from 'undici/lib/dispatcher/pool.js';
          import buildConnector from 'undici/lib/core/connect.js';
          Object.assign(Dispatcher.prototype, api);
          export { Agent, Pool, buildConnector };
        `),
      );
      // The client of Elasticsearch is used by its transport: the methods for each of the server's requests are not.
      onLoad({ filter: /@elastic\/elasticsearch\/esm\/api\/api\/\w+\.js$/ }, ({ path: file }) =>
        lean(`export default function () {
          throw new Error('${path.basename(file)} of the client of Elasticsearch is not in the bundle (bin/build.ts)');
        }`),
      );
      // Loaded at the first call of one of its functions, or the first object of one of its classes.
      onResolve({ filter: isLate }, ({ path: name, namespace: from }) =>
        from === namespace ? null : { path: name, namespace },
      );
      onLoad({ filter: isLate, namespace }, async ({ path: name }) => {
        const exported = Object.entries((await import(name)) as object).filter(
          ([, value]) => typeof value === 'function',
        );
        const functions = exported.map(
          ([key]) => `export function ${key}(...given) {
            const real = require('${name}').${key};
            return new.target === undefined ? real(...given) : new real(...given);
          }`,
        );
        return lean(functions.join('\n'));
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
        kind === 'dynamic-import' && !name.startsWith('node:') && from !== namespace && name !== 'undici'
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
