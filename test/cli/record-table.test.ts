import test from 'ava';
import { documentLine } from '../../src/cli/record-table.ts';
import { recordOf } from '../support/records.ts';

const plain = { hasColour: false, width: 0 };

test('a record is a line of the table, cut to the width of the terminal', (t) => {
  const document = recordOf(7).bytes.toString();
  const line = documentLine(document, plain);
  t.regex(line, /^\d{4}-\d\d-\d\d .* GET +200 +7\.0 ms .*example\.test\/p\/7\n$/);
  t.is(documentLine(document, { hasColour: false, width: 40 }), `${line.slice(0, 39)}…\n`);
});

test('what is no record by its form is shown as it is, without control characters', (t) => {
  for (const document of [
    'no json',
    'null',
    '{"message":"without an event"}',
    '{"tapline":{"kind":5},"event":{}}',
  ])
    t.is(documentLine(document, plain), `${document}\n`);
  t.notRegex(documentLine('a\u001b[2Jb\nc', plain).slice(0, -1), /\p{Cc}/u);
  t.is(documentLine('no json', { hasColour: false, width: 4 }), 'no …\n');
});
