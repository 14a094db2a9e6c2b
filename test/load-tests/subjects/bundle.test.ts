import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { nodeFlags } from '../../../load-tests/subjects/bundle.ts';

test('the flags of Node are those between node and the program', (t) => {
  t.deepEqual(nodeFlags('FROM x\nENTRYPOINT ["node", "--a=1", "--b", "/app/main.js", "--own"]\nUSER 1\n'), [
    '--a=1',
    '--b',
  ]);
  t.deepEqual(nodeFlags('ENTRYPOINT ["node", "/app/main.js"]'), []);
});

test('the image of this repository is understood', (t) => {
  const dockerfile = readFileSync(path.join(import.meta.dirname, '../../../Dockerfile'), 'utf8');
  t.true(nodeFlags(dockerfile).every((flag) => flag.startsWith('--')));
});

test('an image that starts otherwise is an error, not a measurement without flags', (t) => {
  t.throws(() => nodeFlags('CMD node main.js'));
  t.throws(() => nodeFlags('ENTRYPOINT ["sh", "-c", "node main.js"]'));
});
