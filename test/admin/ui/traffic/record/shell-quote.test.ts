import { spawnSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import {
  needsPrintf,
  printfFormat,
  shellQuote,
} from '../../../../../src/admin/ui/traffic/record/shell-quote.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

/** What a shell makes of some words. */
function wordsIn(shell: string, script: string): string[] {
  const { stdout, stderr, status } = spawnSync(shell, ['-c', script], { encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`${shell}: ${status} ${stderr}`);
  return stdout.split('\0').slice(0, -1);
}

for (const shell of ['sh', 'bash'])
  test(`${shell} reads a quoted text as the one word that it was`, (t) => {
    fc.assert(
      fc.property(fc.array(HOSTILE_TEXT, { minLength: 1, maxLength: 20 }), (texts) => {
        const script = `printf '%s\\0' ${texts.map(shellQuote).join(' ')}`;
        t.deepEqual(
          wordsIn(shell, script),
          texts.map((text) => text.replaceAll('\0', '').toWellFormed()),
        );
      }),
      { numRuns: 60 },
    );
  });

test('a format of printf writes exactly the text, NUL included', (t) => {
  fc.assert(
    fc.property(HOSTILE_TEXT, (text) => {
      const { stdout } = spawnSync('sh', ['-c', `printf '${printfFormat(text)}'`], { encoding: 'utf8' });
      t.is(stdout, text.toWellFormed());
    }),
    { numRuns: 60 },
  );
});

test('nothing that acts on a terminal is in a quoted text as it is', (t) => {
  fc.assert(
    fc.property(HOSTILE_TEXT, (text) => {
      t.false(needsPrintf(shellQuote(text)));
    }),
  );
});

test('what is harmless is easy to read', (t) => {
  t.is(shellQuote('http://shop.test/?a=1'), "'http://shop.test/?a=1'");
  t.is(shellQuote("it's"), String.raw`'it'\''s'`);
  t.is(shellQuote('red \u001b[31m!'), String.raw`"$(printf 'red \033[31m\041')"`);
});
