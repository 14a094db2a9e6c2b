import fc from 'fast-check';

const FRAGMENTS = [
  "'",
  '"',
  '`id`',
  '$(id)',
  '${HOME}',
  '\\',
  '\\033',
  '%s%n',
  '!!',
  '-',
  '--output',
  '@/etc/passwd',
  '; exit 3',
  '&& false',
  '|',
  '<b>',
  '#',
  '\n',
  '\n\n',
  '\r',
  '\t',
  '\0',
  '\u001b[2J',
  '\u001b[201~',
  '\u0003',
  '\u009b31m',
  '\u202e',
  '\u2028',
  '\ud800',
  'é€😀',
  ' ',
  '*',
  '~',
  '{a,b}',
  'plain text',
];

/** Texts that something may take for more than text: shells, terminals, pages. */
export const HOSTILE_TEXT: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 6 })), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''));
