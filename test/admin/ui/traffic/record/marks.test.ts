import test from 'ava';
import { marksOf } from '../../../../../src/admin/ui/traffic/record/marks.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import { exchangeWith } from '../../../../support/shown-documents.ts';

const of = (changes: object): string[] =>
  marksOf(readRecord(exchangeWith({ tapline: { redacted: 0 }, ...changes }))).map(
    ({ name, text }) => `${name}: ${text}`,
  );

test('an unremarkable record has none', (t) => {
  t.deepEqual(of({}), []);
});

test('what was covered', (t) => {
  t.regex(of({ tapline: { redacted: 1 } })[0]!, /^redacted: One value/);
  t.regex(of({ tapline: { redacted: 5 } })[0]!, /^redacted: 5 values/);
});

test('what was cut, of how much', (t) => {
  const cut = { tapline: { redacted: 0, response: { body: { truncated: true } } } };
  t.deepEqual(of({ ...cut, http: { response: { body: { bytes: 238_000, content: 'x'.repeat(65_536) } } } }), [
    'truncated: The body of the answer is cut: the first 64 KiB of 232 KiB are kept.',
  ]);
  const gzip = {
    headers: { 'content-encoding': 'gzip' },
    body: { bytes: 2048, content: 'x'.repeat(65_536) },
  };
  t.deepEqual(of({ ...cut, http: { response: gzip } }), [
    'truncated: The body of the answer is cut: the first 64 KiB decoded, of 2 KiB as they were sent, are kept.',
  ]);
});

test('what is not kept, and why', (t) => {
  const response = { body: { bytes: 70, content: undefined } };
  t.deepEqual(
    of({ http: { response }, tapline: { redacted: 0, response: { body: { hash: 'hmac-sha256:1' } } } }),
    ['not kept: The body of the answer of 70 B is no text: its length, type and hash are kept.'],
  );
  const dropped = (reason: string): object => ({
    http: { response },
    tapline: { redacted: 0, response: { body: { truncated: true, dropped: reason } } },
  });
  t.regex(of(dropped('capture-budget'))[0]!, /was not kept: there was no room: --capture-budget/);
  t.regex(of(dropped('constructor'))[0]!, /was not kept: constructor\.$/);
  const ruled = {
    tapline: {
      redacted: 0,
      rule: 'heads path=/x',
      capture: 'heads',
      response: { body: { dropped: 'capture-rule' } },
    },
  };
  t.deepEqual(of({ ...ruled, http: { response } }), [
    'rule: The bodies were left out by the capture rule “heads path=/x”.',
  ]);
});

test('what could not be decoded', (t) => {
  t.deepEqual(
    of({ tapline: { redacted: 0, response: { body: { decode_error: 'gzip: incorrect header check' } } } }),
    [
      'undecoded: The body of the answer could not be decoded: gzip: incorrect header check. It is kept as it was received.',
    ],
  );
});
