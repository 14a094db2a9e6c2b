import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Options } from '../../src/config/options.ts';
import { readOptions } from '../../src/config/read-options.ts';

async function read(
  t: ExecutionContext,
  given: { argv?: string[]; env?: Record<string, string>; yaml?: string },
): Promise<Options> {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tapline-options-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  if (given.yaml !== undefined) await writeFile(path.join(cwd, 'tapline.yaml'), given.yaml);
  return readOptions({ argv: given.argv ?? [], env: given.env ?? {}, cwd }).options;
}

const names = ({ captureRules }: Options): string[] => captureRules.map(({ name }) => name);

test('capture rules: repeated on the command line, by semicolons in a variable', async (t) => {
  t.deepEqual((await read(t, {})).captureRules, []);
  const argv = ['--capture-rule=heads path=/upload/* name=uploads', '--capture-rule', 'count health'];
  t.deepEqual(names(await read(t, { argv })), ['uploads', 'count health']);
  const env = { TAPLINE_CAPTURE_RULE: 'off path=/static/*; full status>=500 ;' };
  t.deepEqual(names(await read(t, { env })), ['off path=/static/*', 'full status>=500']);
  t.deepEqual(
    names(await read(t, { env, argv })),
    ['uploads', 'count health'],
    'the command line comes first',
  );
  await t.throwsAsync(read(t, { env: { TAPLINE_CAPTURE_RULE: 'count health; heads pth=/x' } }), {
    message: /^TAPLINE_CAPTURE_RULE, character 21: expected a condition/,
  });
  await t.throwsAsync(read(t, { argv: ['--capture-rule='] }), {
    message: /^--capture-rule: expected a rule/,
  });
  await t.throwsAsync(read(t, { argv: ['--capture-rule=off name=a', '--capture-rule=count name=a'] }), {
    message: /got "a" twice/,
  });
});

test('capture rules: a list of texts or maps in the file', async (t) => {
  const options = await read(t, {
    yaml: [
      'capture-rule:',
      '  - count health',
      '  - capture: heads',
      '    path: [/upload/*, /files/*]',
      '    status: ">=200"',
      '    name: uploads',
      '  - { health: true, capture: off, method: GET, status: 404 }',
    ].join('\n'),
  });
  t.deepEqual(names(options), ['count health', 'uploads', 'off health method=GET status=404']);
  t.deepEqual(options.captureRules[1]!.paths, ['/upload/*', '/files/*']);
  t.deepEqual(options.captureRules[1]!.statuses, [[{ from: 200, to: 999 }]]);
  t.deepEqual(names(await read(t, { yaml: 'capture-rule: count health' })), ['count health']);
  await t.throwsAsync(read(t, { yaml: 'capture-rule:\n  - capture: heads\n    pth: /x\n' }), {
    message: /^tapline\.yaml:3:5: expected a condition/,
  });
  await t.throwsAsync(read(t, { yaml: 'capture-rule:\n  - heads pth=/x\n' }), {
    message: /^tapline\.yaml:2:5, character 7: expected a condition/,
  });
  await t.throwsAsync(read(t, { yaml: 'capture-rule:\n  - path: /x\n' }), {
    message: /^tapline\.yaml:2:5: expected full, heads, count or off/,
  });
  await t.throwsAsync(read(t, { yaml: 'capture-rule: 7' }), { message: /expected capture rules/ });
});

test('a block of addresses that is none is named', async (t) => {
  const { trustedProxies } = await read(t, {
    argv: ['--trusted-proxies=10.0.0.0/8, 2001:db8::/32,127.0.0.1'],
  });
  t.deepEqual(trustedProxies, ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1']);
  await t.throwsAsync(read(t, { argv: ['--trusted-proxies=10.0.0.0/8,10.0.0.0/33'] }), {
    message: /^--trusted-proxies: expected blocks of addresses .*got "10\.0\.0\.0\/33"$/,
  });
});

test('a field that cannot be injected is named', async (t) => {
  t.deepEqual((await read(t, { argv: ['--inject=Traceparent,forwarded'] })).inject, [
    'traceparent',
    'forwarded',
  ]);
  await t.throwsAsync(read(t, { argv: ['--inject=traceparent,x-real-ip'] }), {
    message: /^--inject: expected names among .*got "x-real-ip"$/,
  });
});
