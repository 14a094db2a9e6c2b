import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';

const SRC = path.join(import.meta.dirname, '../../src');
/** Tens of megabytes and hundreds of milliseconds each: loaded where they are configured, by `import()`. */
const HEAVY = /^(?:undici|@elastic\/|@opentelemetry\/|@grpc\/)/;

test('the heavy clients are not loaded by a gateway that does not use them', (t) => {
  const seen = new Map<string, string>();
  const heavy: string[] = [];
  const visit = (file: string, from: string): void => {
    if (seen.has(file)) return;
    seen.set(file, from);
    const text = readFileSync(file, 'utf8');
    for (const [, clause, target] of text.matchAll(/^(?:import|export) ([^;]*?)from '([^']+)';/gms)) {
      if (clause!.startsWith('type ')) continue;
      if (HEAVY.test(target!)) heavy.push(`${path.relative(SRC, file)} (from ${from}) imports ${target}`);
      if (target!.startsWith('.')) visit(path.join(path.dirname(file), target!), path.relative(SRC, file));
    }
  };
  visit(path.join(SRC, 'main.ts'), 'the command line');
  visit(path.join(SRC, 'sinks/elasticsearch/elasticsearch-sink.ts'), 'the gateway');
  t.true(seen.size > 50, 'the pattern finds imports');
  t.deepEqual(heavy, []);
});
