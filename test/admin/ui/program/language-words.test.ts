import test from 'ava';
import type { CompletionPlace } from '../../../../src/admin/ui/program/completion-context.ts';
import { wordNamed, wordsAt } from '../../../../src/admin/ui/program/language-words.ts';
import type { DescribedLanguage } from '../../../../src/script/describe-language.ts';

const OURS = { examples: [], origin: 'tapline' } as const;

const LANGUAGE: DescribedLanguage = {
  beginnings: [{ name: 'listen', signature: 'listen(port)', summary: 'Begins.', parameters: [], ...OURS }],
  filters: [
    {
      name: 'fork',
      signature: 'fork(target)',
      ...OURS,
      summary: 'Mirrors.',
      parameters: [{ name: 'target', type: 'pipeline', meaning: 'where to' }],
    },
    {
      name: 'connect',
      signature: 'connect(target, [options])',
      ...OURS,
      summary: 'Connects.',
      parameters: [
        { name: 'target', type: 'string|function', meaning: 'host:port' },
        {
          name: 'options',
          type: 'object',
          meaning: 'limits',
          options: [{ name: 'retryCount', type: 'number', defaultValue: '0', meaning: 'further attempts' }],
        },
      ],
    },
  ],
  objects: [
    {
      name: 'algo',
      kind: 'object',
      signature: 'algo',
      summary: 'Algorithms.',
      members: [{ name: 'hash', kind: 'method', signature: 'hash(value: any): number', summary: 'Hashes.' }],
    },
    { name: 'Data', kind: 'class', signature: 'new Data(text?)', summary: 'Bytes.', members: [] },
  ],
  standard: ['Math'],
  builtIns: [{ name: '__inbound', summary: 'The connection.' }],
};
const DECLARED = { variables: ['_count'], pipelines: ["it's"] };

test('each place offers its words', (t) => {
  const labels = (place: CompletionPlace): string[] =>
    wordsAt(place, LANGUAGE, DECLARED).map(({ label }) => label);
  t.deepEqual(labels({ kind: 'filter', from: 0 }), ['fork', 'connect', 'listen']);
  t.deepEqual(labels({ kind: 'pipeline', from: 0, filter: 'fork', isQuoted: true }), ["it's"]);
  t.deepEqual(labels({ kind: 'pipeline', from: 0, filter: 'connect', isQuoted: true }), []);
  t.deepEqual(labels({ kind: 'option', from: 0, filter: 'connect', argument: 1 }), ['retryCount']);
  t.deepEqual(labels({ kind: 'option', from: 0, filter: 'connect', argument: 0 }), []);
  t.deepEqual(labels({ kind: 'member', from: 0, object: 'algo' }), ['hash']);
  t.deepEqual(labels({ kind: 'member', from: 0, object: 'Data' }), []);
  t.deepEqual(labels({ kind: 'name', from: 0 }), ['_count', 'algo', 'Data', '__inbound', 'Math']);
});

test('what is written is valid: quotes where there are none, and what is in them escaped', (t) => {
  const [word] = wordsAt({ kind: 'pipeline', from: 0, filter: 'fork', isQuoted: false }, LANGUAGE, DECLARED);
  t.is(word!.insert, String.raw`'it\'s'`);
  const place: CompletionPlace = { kind: 'option', from: 0, filter: 'connect', argument: 1 };
  t.is(wordNamed('retryCount', place, LANGUAGE, DECLARED)?.insert, 'retryCount: ');
  t.is(wordNamed('nothing', place, LANGUAGE, DECLARED), null);
});
