import test from 'ava';
import { LineLog } from '../../src/telemetry/log.ts';
import { LogHistory } from '../../src/telemetry/log-history.ts';

test('the lines after those that the client has, each with its line break', (t) => {
  const history = new LogHistory();
  for (const line of ['a', 'b', 'c']) history.add(line);
  t.is(history.size, 3);
  t.is(history.after(0), 'a\nb\nc\n');
  t.is(history.after(2), 'c\n');
  t.is(history.after(3), '');
});

test('the last 1,000 lines are kept, and the count goes on', (t) => {
  const history = new LogHistory();
  for (let number = 0; number < 2500; number++) history.add(`line ${number}`);
  t.is(history.size, 2500);
  const lines = history.after(0).split('\n');
  t.is(lines.length, 1001);
  t.is(lines[0], 'line 1500');
  t.is(history.after(2499), 'line 2499\n');
  t.is(history.after(1400), history.after(0));
});

test('who knows more than there are asks a new gateway: the log begins anew', (t) => {
  const history = new LogHistory();
  history.add('first');
  t.is(history.after(700), 'first\n');
});

test('a long line is cut at 999 bytes, not within a character', (t) => {
  const history = new LogHistory();
  history.add('x'.repeat(5000));
  t.is(Buffer.byteLength(history.after(0)), 1000);
  history.add(`x${'€'.repeat(400)}`);
  const line = history.after(1).slice(0, -1);
  t.true(Buffer.byteLength(line) <= 999 && Buffer.byteLength(line) > 995);
  t.notRegex(line, /\uFFFD/);
  history.add('€'.repeat(333));
  t.is(history.after(2), `${'€'.repeat(333)}\n`);
});

test('the log of the product keeps what it writes, without colours and escapes', (t) => {
  let written = '';
  const log = new LineLog('info', { write: (text: string) => (written += text) }, true);
  log.write('debug', 'not written');
  log.write('error', 'bad \u001b[31m thing');
  log.write('output', 'two\nlines \u0007');
  t.is(log.history.size, 3);
  const lines = log.history.after(0).split('\n');
  t.regex(lines[0]!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[error\] bad \\x1b\[31m thing$/);
  t.deepEqual(lines.slice(1), ['two', 'lines \\x07', '']);
  t.true(written.includes('\u001b[31m'), 'a terminal has its colour');
});
