import test from 'ava';
import { recordEndpoints } from '../../../../src/admin/api/records/record-endpoints.ts';
import { askEndpoint, bodyOf } from '../../../support/ask-endpoint.ts';
import { recordFile } from '../../../support/record-file.ts';
import { recordOf } from '../../../support/records.ts';

test('a recorded body is a download, whatever is in it', async (t) => {
  const { reader, insert } = recordFile(t);
  const html = '<script>alert(1)</script>\n\u202egrüße';
  insert([
    recordOf(1, {
      http: {
        request: { mime_type: 'application/json', body: { content: '{"a":1}' } },
        response: { mime_type: 'text/html', body: { content: html } },
      },
      url: { path: '/a/..%2f"\u202eevil.html' },
    }),
    recordOf(2, { http: { request: { body: { bytes: 7 } } } }),
  ]);
  const endpoints = recordEndpoints(reader);
  const get = (sequence: number, part: string): ReturnType<typeof askEndpoint> =>
    askEndpoint(endpoints, 'GET', `/api/records/${recordOf(sequence).id}/body/${part}`);
  const answer = await get(1, 'response');
  t.deepEqual(answer.headers, {
    'Content-Type': 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Content-Disposition': 'attachment; filename="response-2f-evil.html.txt"',
  });
  t.is(await bodyOf(answer), html);
  const request = await get(1, 'request');
  t.is(request.headers!['Content-Disposition'], 'attachment; filename="request-2f-evil.html.json"');
  t.is(await bodyOf(request), '{"a":1}');
  for (const [sequence, part, why] of [
    [2, 'request', /not recorded as text/],
    [2, 'response', /not recorded as text/],
    [3, 'request', /no record/],
    [1, 'both', /two bodies/],
  ] as const) {
    const refusal = await get(sequence, part);
    t.is(refusal.status, 404);
    t.regex(await bodyOf(refusal), why);
  }
});
