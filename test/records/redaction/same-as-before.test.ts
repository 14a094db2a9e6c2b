import test from 'ava';
import fc from 'fast-check';
import { redactText } from '../../../src/records/redaction/redact-text.ts';
import { percentDecode, SecretNames } from '../../../src/records/redaction/secret-names.ts';
import { redactText as redactTextSlowly } from './oracle/redact-text.ts';
import { SecretNames as SlowNames } from './oracle/secret-names.ts';
import { documents, limits, soups, urls } from './redaction-texts.ts';

/** More of them find more: `REDACTION_RUNS=100000`. */
const numRuns = Number(process.env['REDACTION_RUNS'] ?? 1500);

/** A URL with something behind its colon that is no port, at some depth of encoding: the scan of ./oracle overlooks a password with slashes. */
function hasRawUserInfo(text: string): boolean {
  let decoded = text;
  for (let depth = 0; depth < 4; depth++) {
    if (/:(?:\\*\/){2}[^[:@/?#\s"<>\\]+:(?!\d{0,5}(?:[/?#\s"<>\\]|$))/.test(decoded)) return true;
    decoded = percentDecode(decoded.replace(/\\u00([2-7][0-9a-fA-F])/g, '%$1'));
  }
  return false;
}

const OPERATORS = [
  { headers: [], keys: [] },
  { headers: ['X-Own', 'who'], keys: ['tax-number', 'x1'] },
  { headers: ['a–b', '_'], keys: [] },
  { headers: [], keys: ['имя', 'ключ'] },
  { headers: [], keys: ['-'] },
];

for (const [kind, texts] of Object.entries({ soups, documents, limits }))
  test(`${kind} are redacted as the plain scan of ./oracle redacts them`, (t) => {
    for (const [index, operator] of OPERATORS.entries()) {
      const names = new SecretNames(operator);
      const slowNames = new SlowNames(operator);
      fc.assert(
        fc.property(texts, (text) => {
          fc.pre(!hasRawUserInfo(text));
          const expected = redactTextSlowly(text, slowNames);
          const found = redactText(text, names);
          return found.count === expected.count && found.text === expected.text;
        }),
        { numRuns: index === 0 ? numRuns : Math.ceil(numRuns / 5) },
      );
    }
    t.pass();
  });

/** Takes no text for plain. */
class SuspiciousNames extends SecretNames {
  override isPlain(): boolean {
    return false;
  }
}

for (const [kind, texts] of Object.entries({ soups, documents, limits, urls }))
  test(`nothing in ${kind} that are plain would have been redacted`, (t) => {
    const [names, suspicious] = [new SecretNames(OPERATORS[0]!), new SuspiciousNames(OPERATORS[0]!)];
    let plain = 0;
    fc.assert(
      fc.property(texts, (text) => {
        if (names.isPlain(text)) plain++;
        const [found, scanned] = [redactText(text, names), redactText(text, suspicious)];
        return found.count === scanned.count && found.text === scanned.text;
      }),
      { numRuns },
    );
    t.true(plain > numRuns / 20, `${plain} are plain`);
  });

/** `~` stands for characters of a name, so many that a word is cut where the scan looks no further. */
const CUT_WORDS = [
  'xpin-~=x',
  'name=~-pinning&value=x',
  '{"value":"x","name":"~-pinning"}',
  '{"value":"x","other":"~~~~~~~~~","name":"pin"}',
  '{"value":"x","other":"~~~~~~~~~","note":1',
];

for (const template of CUT_WORDS)
  test(`at every length: ${template}`, (t) => {
    const [names, slowNames] = [new SecretNames(OPERATORS[0]!), new SlowNames(OPERATORS[0]!)];
    const counts = new Set<number>();
    for (let length = 90; length < 140; length++) {
      const text = template.replaceAll('~', 'a'.repeat(length));
      const expected = redactTextSlowly(text, slowNames);
      t.deepEqual(redactText(text, names), expected);
      counts.add(expected.count);
    }
    t.is(counts.size, 2, 'redacted at some lengths and not at others');
  });
