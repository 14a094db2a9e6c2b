import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { parse, parseAllDocuments } from 'yaml';
import { OPTION_SPECS, optionVariable } from '../src/config/options.ts';
import { durationMs } from '../src/core/quantity.ts';

const ROOT = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly mem_limit?: string;
  readonly restart?: string;
  readonly healthcheck?: object;
  readonly command?: readonly string[];
  readonly stop_grace_period?: string;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);

test('compose: images are pinned, memory is limited, ports are on loopback', (t) => {
  t.true(services.length >= 10);
  for (const [name, { image, mem_limit, ports = [] }] of services) {
    t.regex(image, /^tapline:|:v?\d+\.\d+\.\d+$/, name);
    t.regex(mem_limit ?? '', /^\d+(?:m|g)$/, name);
    for (const port of ports) t.true(port.startsWith('127.0.0.1:'), `${name}: ${port}`);
  }
});

test('compose: what runs on is asked for its health', (t) => {
  // The image of the gateway brings its own check; that of the collector has nothing that could ask.
  const without = services
    .filter(([, { restart, healthcheck }]) => restart !== 'no' && healthcheck === undefined)
    .map(([name]) => name);
  t.deepEqual(without.sort(), ['collector', 'gateway']);
  t.regex(read('Dockerfile'), /^HEALTHCHECK .*health-check\.js/m);
});

test('compose: no secret is a value, and every file that is mounted is in the project', (t) => {
  for (const [name, { environment = {}, volumes = [] }] of services) {
    for (const [variable, value] of Object.entries(environment))
      if (/password|secret|key|token/i.test(variable)) t.regex(value, /^\/secrets\//, `${name}: ${variable}`);
    for (const volume of volumes) {
      const source = volume.split(':')[0]!;
      if (!source.startsWith('./')) t.true(source in compose.volumes, `${name}: ${source}`);
      else if (!source.startsWith('./dashboards'))
        t.true(existsSync(path.join(ROOT, source)), `${name}: ${source}`);
    }
  }
});

test('options of the gateway in the image, the compose file and the manifest exist', (t) => {
  const variables = new Set(OPTION_SPECS.map(optionVariable));
  const known = new Set([...variables, 'TAPLINE_VERSION']);
  for (const file of ['Dockerfile', 'docker-compose.yml', 'docs/kubernetes.md'])
    for (const [variable] of read(file).matchAll(/\bTAPLINE_[A-Z_]+/g))
      t.true(known.has(variable), `${file}: ${variable}`);
  const manifest = /```yaml\n([^]*?)```/.exec(read('docs/kubernetes.md'))![1]!;
  const flags = new Set(OPTION_SPECS.map(({ name }) => name));
  for (const [, flag] of manifest.matchAll(/ - --([a-z-]+)/g)) t.true(flags.has(flag!), flag);
});

test('whoever ends the gateway waits longer than it may take', (t) => {
  const { defaultValue } = OPTION_SPECS.find(({ name }) => name === 'shutdown-timeout')!;
  const longestMs = durationMs(defaultValue!)! + 10_000;
  t.true(durationMs(compose.services['gateway']!.stop_grace_period!)! > longestMs);
  const manifest = /```yaml\n([^]*?)```/.exec(read('docs/kubernetes.md'))![1]!;
  const workload = parseAllDocuments(manifest)[0]!.toJS() as {
    spec: { template: { spec: { terminationGracePeriodSeconds: number } } };
  };
  const pod = workload.spec.template.spec;
  t.true(pod.terminationGracePeriodSeconds * 1000 > longestMs + 10_000);
});
