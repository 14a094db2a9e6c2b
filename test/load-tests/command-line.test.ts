import test from 'ava';
import { helpText, readCommandLine } from '../../load-tests/command-line.ts';

const choices = {
  scenarios: [{ name: 'reference', what: 'this' }],
  subjects: [{ name: 'nginx' }, { name: 'direct' }],
};

test('what is asked for is read', (t) => {
  const line = readCommandLine(
    ['--full', '--scenario=reference', '--subject=nginx', '--subject', 'direct', '--repetitions=2', '--json'],
    choices,
  );
  t.like(line, {
    isFull: true,
    scenarios: ['reference'],
    subjects: ['nginx', 'direct'],
    repetitions: 2,
    seconds: null,
    isJson: true,
    isKept: false,
    reportFile: 'report.html',
  });
});

test('what there is not is refused, with what there is', (t) => {
  const refused = (...argv: string[]): string => t.throws(() => readCommandLine(argv, choices))!.message;
  t.regex(refused('--subject=apache'), /--subject=apache: there is only nginx, direct/);
  t.regex(refused('--scenario=x'), /there is only reference/);
  t.regex(refused('--seconds=0'), /a whole number from 1/);
  t.regex(refused('--repetitions=many'), /a whole number from 1/);
  t.regex(refused('--fast'), /--fast/);
  t.regex(refused('reference'), /reference/);
});

test('the help names all that can be chosen', (t) => {
  const text = helpText(choices);
  for (const word of ['reference', 'this', 'nginx', 'direct', '--write', 'Examples:'])
    t.true(text.includes(word), word);
});
