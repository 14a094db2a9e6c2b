import { redactText } from './redact-text.ts';
import { REDACTED, type Redaction } from './redaction.ts';
import type { SecretNames } from './secret-names.ts';

/** Header-like bytes that no parser accepted: whatever follows a secret's name in its line, or in folded lines, goes. */
export function redactMalformedHead(text: string, names: SecretNames): Redaction {
  const redacted = redactText(text, names);
  let { count } = redacted;
  const withoutUser = redacted.text.replace(/[^\s/@:]+:[^\r\n@]+@/g, () => {
    count++;
    return `${REDACTED}:${REDACTED}@`;
  });
  let isFolded = false;
  const lines = withoutUser.split(/(?<=[\r\n])/).map((line) => {
    if (isFolded && /^[ \t]/.test(line)) {
      count++;
      return ` ${REDACTED}${lineEnd(line)}`;
    }
    if (/^[\r\n]*$/.test(line)) return line;
    isFolded = false;
    for (const word of line.matchAll(/[\p{L}\p{N}_.-]+/gu))
      if (names.isHeader(word[0])) {
        isFolded = true;
        count++;
        return `${line.slice(0, word.index + word[0].length)} ${REDACTED}${lineEnd(line)}`;
      }
    return line;
  });
  return { text: lines.join(''), count };
}

function lineEnd(line: string): string {
  return /[\r\n]*$/.exec(line)![0];
}
