import test from 'ava';
import fc from 'fast-check';
import { kindOf, LiteralAutomaton } from '../../../src/records/redaction/literal-automaton.ts';

const letters = fc.constantFrom('a', 'b', 'A', 'B', '1', '-', ' ', 'é');

test('every word is found where its last letter stands, whatever stands between its letters', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 6 }),
      fc.string({ unit: letters, maxLength: 30 }),
      (words, text) => {
        const automaton = new LiteralAutomaton(words);
        let state = 0;
        let squeezed = '';
        for (const letter of text) {
          const code = letter.charCodeAt(0);
          const kind = code < 128 ? kindOf(code) : 0;
          if (kind !== 0) squeezed += letter.toLowerCase();
          state = automaton.next[state * 64 + kind]!;
          const found = state < automaton.firstHit ? [] : automaton.wordsAt(state);
          const expected = kind === 0 ? [] : [...new Set(words)].filter((each) => squeezed.endsWith(each));
          if (found.toSorted().join(',') !== expected.toSorted().join(',')) return false;
        }
        return true;
      },
    ),
    { numRuns: 1000 },
  );
  t.pass();
});
