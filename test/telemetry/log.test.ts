import test from 'ava';
import { LineLog, printable } from '../../src/telemetry/log.ts';

test('text from elsewhere stays on its line, and in its order', (t) => {
  t.is(printable('a\u001b[31m\nb\tc\u009b\u2028'), 'a\\x1b[31m\\x0ab\tc\\x9b\\x2028');
  // Shown as it stands, this ends in `fdp.js`.
  t.is(printable('/\u202esj.pdf \u2066x\u2069 \u200f\u061c'), '/\\x202esj.pdf \\x2066x\\x2069 \\x200f\\x61c');
  t.is(printable('עברית 👩‍🚀 é'), 'עברית 👩‍🚀 é');
});

test('a line of the log is one line, for the terminal and for the page', (t) => {
  const written: string[] = [];
  const log = new LineLog('info', { write: (text) => written.push(text) }, false);
  log.write('debug', 'not this');
  log.write('warn', 'saved /\u202esj.pdf\nand more');
  t.regex(
    written.join(''),
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[warning\] saved \/\\x202esj\.pdf\\x0aand more\n$/,
  );
  t.is(log.history.after(0), written.join(''));
});
