import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';

const SRC = path.join(import.meta.dirname, '../src');

/** What each folder may import; the arrows of docs/architecture.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  telemetry: ['core'],
  codecs: ['core'],
  records: ['codecs', 'core'],
  spool: ['records', 'telemetry', 'core'],
  store: ['records', 'spool', 'core'],
  filters: ['records', 'codecs', 'core'],
  net: ['codecs', 'core'],
  profiling: ['core'],
  control: ['core'],
  config: ['records', 'codecs', 'core'],
  script: ['codecs', 'core'],
  sinks: ['store', 'spool', 'records', 'codecs', 'telemetry', 'core'],
  gateway: [
    'script',
    'config',
    'filters',
    'net',
    'sinks',
    'store',
    'spool',
    'records',
    'profiling',
    'telemetry',
    'core',
  ],
  admin: [
    'gateway',
    'script',
    'config',
    'filters',
    'sinks',
    'store',
    'spool',
    'records',
    'codecs',
    'telemetry',
    'core',
  ],
  cli: [
    'admin',
    'control',
    'profiling',
    'records',
    'gateway',
    'script',
    'config',
    'filters',
    'sinks',
    'store',
    'spool',
    'telemetry',
    'core',
  ],
};

/** Folders that reach the world only through what they are handed. */
const WITHOUT_WORLD = new Set(['core', 'codecs', 'records', 'filters']);
const WORLD =
  /^node:(?:net|tls|http|https|fs|fs\/promises|dns|timers|timers\/promises|child_process|worker_threads|os)$/;

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly target: string;
}

const imports: Import[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [
      ...readFileSync(path.join(SRC, file), 'utf8').matchAll(/^(?:import|export) [^;]*?from '([^']+)'/gms),
    ].map((match) => ({
      file,
      folder: file.split(path.sep)[0]!,
      target: match[1]!.startsWith('.') ? path.join(path.dirname(file), match[1]!) : match[1]!,
    })),
  );

test('imports point down', (t) => {
  t.true(imports.length > 200, 'the pattern finds imports');
  const wrong = imports.filter(({ file, folder, target }) => {
    const targetFolder = target.split(path.sep)[0]!;
    const allowed = MAY_IMPORT[folder];
    // The two entry points may import anything; packages are no concern here.
    if (!file.includes(path.sep) || !(targetFolder in MAY_IMPORT) || targetFolder === folder) return false;
    return allowed === undefined || !allowed.includes(targetFolder);
  });
  t.deepEqual(
    wrong.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('the engine, the codecs, the records and the filters touch the world only through what they are handed', (t) => {
  const wrong = imports.filter(({ folder, target }) => WITHOUT_WORLD.has(folder) && WORLD.test(target));
  t.deepEqual(
    wrong.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('nor do they read a clock, draw lots or set timers of their own', (t) => {
  const own = /\b(?:performance\.now|Date\.now|setTimeout|setInterval|setImmediate|Math\.random|process)\b/;
  const wrong = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && WITHOUT_WORLD.has(file.split(path.sep)[0]!))
    .flatMap((file) =>
      readFileSync(path.join(SRC, file), 'utf8')
        .split('\n')
        .filter((line) => own.test(line) && !/^\s*(?:\*|\/\/|\/\*)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  t.deepEqual(wrong, []);
});

test('a filter is one file that needs no other filter', (t) => {
  const wrong = imports.filter(
    ({ file, target }) =>
      file !== path.join('filters', 'index.ts') && file.startsWith('filters') && target.startsWith('filters'),
  );
  t.deepEqual(
    wrong.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});
