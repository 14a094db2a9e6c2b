import test from 'ava';
import { recordEndpoints } from '../../../../src/admin/api/records/record-endpoints.ts';
import { askEndpoint, bodyOf } from '../../../support/ask-endpoint.ts';
import { recordFile } from '../../../support/record-file.ts';
import { recordOf } from '../../../support/records.ts';

test('a record is found by its id, in one or many blocks, and is as it was stored', async (t) => {
  const { reader, insert, store } = recordFile(t);
  const endpoints = recordEndpoints(reader);
  const get = (id: string, query = ''): ReturnType<typeof askEndpoint> =>
    askEndpoint(endpoints, 'GET', `/api/records/${encodeURIComponent(id)}${query}`);
  const timed = recordOf(7);
  const now = { ...timed, id: '0193a6c4-5e00-7abc-8def-0123456789ab', timestampMs: 0x0193_a6c4_5e00 };
  for (let sequence = 1; sequence <= 40; sequence++) insert([sequence === 7 ? now : recordOf(sequence)]);
  for (const id of [now.id, recordOf(33).id, recordOf(1).id]) {
    const answer = await get(id);
    t.is(answer.status, 200);
    t.is(answer.headers!['Content-Type'], 'application/json; charset=utf-8');
    t.is(answer.headers!['Content-Disposition'], undefined);
  }
  store.merge();
  const text = await bodyOf(await get(recordOf(33).id));
  t.is(text, `${JSON.stringify(JSON.parse(recordOf(33).bytes.toString()), null, 2)}\n`);
  const file = await get(now.id, '?download');
  t.is(file.headers!['Content-Disposition'], `attachment; filename="record-${now.id}.json"`);
  t.is((await get('00000000-0000-7000-8000-999999999999')).status, 404);
});

test('ids that a script has made are found as they are, and are safe as names of files', async (t) => {
  const { reader, insert } = recordFile(t);
  const ids = ['*', 'Ab*', 'a"b\\c..', 'ünïcode', '\u202etxt.exe', '<script>', ' ', 'Upper-Case'];
  insert(ids.map((id, index) => ({ ...recordOf(index + 1), id })));
  const endpoints = recordEndpoints(reader);
  for (const [index, id] of ids.entries()) {
    // Ids are kept as Latin-1.
    if (/[^\0-\xff]/.test(id)) continue;
    const answer = await askEndpoint(endpoints, 'GET', `/api/records/${encodeURIComponent(id)}?download`);
    t.is(answer.status, 200, id);
    t.is((JSON.parse(await bodyOf(answer)) as { event: { sequence: number } }).event.sequence, index + 1, id);
    t.regex(
      answer.headers!['Content-Disposition']!,
      /^attachment; filename="record-[A-Za-z0-9_][A-Za-z0-9._-]*\.json"$/,
    );
  }
  t.is((await askEndpoint(endpoints, 'GET', '/api/records/a*')).status, 404);
});

test('what is no JSON comes as plain text', async (t) => {
  const { reader, insert } = recordFile(t);
  insert([{ ...recordOf(1), bytes: Buffer.from('<script>alert(1)</script>') }]);
  const answer = await askEndpoint(recordEndpoints(reader), 'GET', `/api/records/${recordOf(1).id}?download`);
  t.is(answer.headers!['Content-Type'], 'text/plain; charset=utf-8');
  t.is(answer.headers!['X-Content-Type-Options'], 'nosniff');
  t.regex(answer.headers!['Content-Disposition']!, /\.txt"$/);
  t.is(await bodyOf(answer), '<script>alert(1)</script>');
});
