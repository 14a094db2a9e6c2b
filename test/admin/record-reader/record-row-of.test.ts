import test, { type ExecutionContext } from 'ava';
import type { PageQuestion } from '../../../src/admin/record-reader/question.ts';
import type { RecordRow } from '../../../src/admin/api/records/record-row.ts';
import type { RecordDocument } from '../../../src/records/record-document.ts';
import { recordFile } from '../../support/record-file.ts';
import { gapOf, recordOf } from '../../support/records.ts';

async function rowsOf(t: ExecutionContext, records: readonly RecordDocument[]): Promise<RecordRow[]> {
  const { reader, insert } = recordFile(t);
  insert(records);
  const question: PageQuestion = {
    type: 'page',
    query: { kind: 'all' },
    order: 'oldest',
    afterRow: 0,
    beforeRow: Infinity,
    sinceMs: -Infinity,
    untilMs: Infinity,
    limit: 100,
    form: 'rows',
  };
  const { bytes } = await reader.ask(question, new AbortController().signal);
  const lines = Buffer.from(bytes).toString().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as RecordRow);
}

test('a row shows the marks of its record, and of one that stands for others how many', async (t) => {
  const tapline = { kind: 'exchange', redacted: 3, response: { from_gateway: true } };
  const summary = { kind: 'summary', rule: 'health checks', capture: 'none', summary: { count: 7 } };
  const [marked, standing] = await rowsOf(t, [
    recordOf(1, { tapline }),
    { ...recordOf(2, { tapline: summary }), kind: 'summary' },
  ]);
  t.deepEqual(marked!.marks, ['redacted', 'gateway']);
  t.is(marked!.gap, undefined);
  t.is(standing!.kind, 'summary');
  t.deepEqual(standing!.summary, { count: 7, rule: 'health checks' });
});

test('long texts are cut, and that is said', async (t) => {
  const path = `/${'\u{1f600}'.repeat(40_000)}`;
  const [row, other] = await rowsOf(t, [recordOf(1, { url: { path, domain: 'a.test' } }), recordOf(2)]);
  t.true(row!.isCut);
  t.true(path.startsWith(row!.path!.slice(0, 1000)));
  t.is(row!.path!.length, 1024);
  t.is(row!.host, 'a.test');
  t.is(other!.isCut, undefined);
});

test('what a script has made of anything is a row all the same', async (t) => {
  const odd = [
    'no json',
    'null',
    '[]',
    '{"tapline":{"kind":"gap"}}',
    '{"tapline":{"kind":"gap","gap":{"count":-1,"from":"x","to":[],"reason":{}}}}',
    '{"tapline":{"kind":"summary","summary":7}}',
    '{"url":{"path":{"a":1}},"http":{"response":{"status_code":"200"}}}',
  ];
  const rows = await rowsOf(t, [
    ...odd.map((text, index) => ({ ...recordOf(index + 1), bytes: Buffer.from(text) })),
    gapOf({ from: 1, to: 3, count: 3, reason: 'x'.repeat(9999), sourceBytes: 0, destinationBytes: 0 }, 9),
  ]);
  t.is(rows.length, odd.length + 1);
  t.deepEqual(rows[3]!.gap, { count: 0, from: 0, to: 0, reason: '' });
  t.deepEqual(rows[4]!.gap, { count: 0, from: 0, to: 0, reason: '' });
  t.deepEqual(rows[5]!.summary, { count: 0, rule: '' });
  t.is(rows[6]!.path, null);
  t.is(rows[6]!.status, null);
  t.is(rows[7]!.gap!.reason.length, 1024);
});
