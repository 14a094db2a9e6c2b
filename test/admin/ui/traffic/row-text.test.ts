import test from 'ava';
import {
  noticeText,
  shortType,
  skippedText,
  statusLevel,
  tagsOf,
} from '../../../../src/admin/ui/traffic/row-text.ts';
import { recordRow } from '../../../support/record-row.ts';

const ROW = recordRow(1);

test('a status has a level; without one, an error is a failure', (t) => {
  const level = (status: number | null, errorType: string | null = null): string =>
    statusLevel({ status, errorType });
  t.deepEqual(
    [200, 304, 404, 503].map((status) => level(status)),
    ['success', 'redirect', 'client-error', 'server-error'],
  );
  t.is(level(null, 'timeout'), 'server-error');
  t.is(level(null), 'none');
});

test('records that stand for others say so in words, others do not', (t) => {
  t.is(noticeText(ROW), null);
  t.is(
    noticeText({ ...ROW, kind: 'gap', gap: { count: 214, from: 1000, to: 1213, reason: 'spool-full' } }),
    '214 records are missing here: spool-full (numbers 1,000 to 1,213)',
  );
  t.is(
    noticeText({ ...ROW, kind: 'gap', gap: { count: 1, from: 5, to: 5, reason: 'crash' } }),
    '1 record is missing here: crash',
  );
  t.is(
    noticeText({ ...ROW, kind: 'summary', summary: { count: 57, rule: 'health' } }),
    '57 exchanges were left without a record by a capture rule: health',
  );
  t.is(noticeText({ ...ROW, kind: 'gap' }), 'Records are missing here');
});

test('what is not in the list is counted', (t) => {
  t.is(
    skippedText({ kind: 'skipped', row: 9, fromRow: 1, count: 1234, reason: 'sampled' }),
    '1,234 more came here than are drawn',
  );
});

test('a type is said in short', (t) => {
  t.deepEqual(
    [
      'application/json',
      'text/html',
      'image/svg+xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      null,
    ].map(shortType),
    ['json', 'html', 'svg+xml', 'www-form-urlencoded', 'multipart/form-data', ''],
  );
});

test('the worst tag comes first', (t) => {
  t.deepEqual(
    tagsOf({ ...ROW, kind: 'broken', errorType: 'reset', marks: ['redacted', 'truncated'] }).map(
      ({ text }) => text,
    ),
    ['broken', 'reset', 'redacted', 'truncated'],
  );
  t.deepEqual(tagsOf(ROW), []);
});
