import test from 'ava';
import { connection } from '../../../../src/admin/ui/api/connection.ts';
import { request } from '../../../../src/admin/ui/api/request.ts';

test('a gateway that starts is one that does not answer yet; one that is busy answers', async (t) => {
  const before = globalThis.fetch;
  t.teardown(() => {
    globalThis.fetch = before;
  });
  const answering = (status: number, body: object): void => {
    globalThis.fetch = () => Promise.resolve(Response.json(body, { status }));
  };
  answering(503, { error: 'The store is busy.' });
  await t.throwsAsync(request('/api/records'), { message: 'The store is busy.' });
  t.is(connection.state.value.kind, 'connected');

  answering(503, { error: 'The gateway is starting.', state: 'starting' });
  await t.throwsAsync(request('/api/records'), { message: 'The gateway is starting.' });
  t.is(connection.state.value.kind, 'lost');
  const { value: epoch } = connection.epoch;

  answering(200, {});
  await request('/api/records');
  t.is(connection.state.value.kind, 'back');
  t.is(connection.epoch.value, epoch + 1, 'what was loaded before is loaded anew');
});
