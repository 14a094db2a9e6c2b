import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { LoadOrder } from '../../../load-tests/generators/generator.ts';
import { sendRequests } from '../../../load-tests/generators/own/send-requests.ts';

async function serve(
  t: ExecutionContext,
  answer: http.RequestListener,
): Promise<{
  order: (more: Partial<LoadOrder>) => LoadOrder;
  seen: { requests: number; connections: number };
}> {
  const seen = { requests: 0, connections: 0 };
  const server = http.createServer((request, response) => {
    seen.requests++;
    answer(request, response);
  });
  server.on('connection', () => seen.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    seen,
    order: (more) => ({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      request: { method: 'POST', path: '/', headers: {}, body: '{}' },
      load: { kind: 'constant-rate', connections: 4, perSecond: 200 },
      seconds: 0.2,
      isNewConnectionEach: false,
      pipelined: 1,
      ...more,
    }),
  };
}

test('at a constant rate each request that is due is sent, over the connections of the order', async (t) => {
  const { order, seen } = await serve(t, (request, response) =>
    request.resume().on('end', () => response.end('x')),
  );
  const result = await sendRequests(order({}));
  t.is(result.requests, 40);
  t.is(result.errors, 0);
  t.is(seen.requests, 40);
  t.true(seen.connections <= 4);
  t.true(result.latencyMs!.p50 > 0);
});

test('a stall counts for every request that was due in it', async (t) => {
  const STALL_MS = 150;
  let isFirst = true;
  const { order } = await serve(t, (request, response) => {
    request.resume();
    setTimeout(() => response.end('x'), isFirst ? STALL_MS : 0);
    isFirst = false;
  });
  const result = await sendRequests(
    order({ load: { kind: 'constant-rate', connections: 1, perSecond: 100 }, seconds: 0.2 }),
  );
  t.is(result.requests, 20);
  // With one connection the request that was due in the middle of the stall waits for its other half.
  t.true(result.latencyMs!.p50 > STALL_MS / 4, `${result.latencyMs!.p50}`);
});

test('each request has a connection of its own where the order wants it', async (t) => {
  const { order, seen } = await serve(t, (request, response) =>
    request.resume().on('end', () => response.end('x')),
  );
  const result = await sendRequests(order({ isNewConnectionEach: true }));
  t.is(result.requests, 40);
  t.is(result.errors, 0);
  t.is(seen.connections, 40);
});

test('requests that are sent at once all count, and so do failures', async (t) => {
  const { order, seen } = await serve(t, (request, response) => {
    response.statusCode = seen.requests % 2 === 0 ? 500 : 200;
    request.resume().on('end', () => {
      response.end('x');
    });
  });
  const result = await sendRequests(order({ pipelined: 4 }));
  t.is(result.requests, 160);
  t.is(seen.requests, 160);
  t.is(result.errors, 80);
});

test('a server that hangs up is an error for each request', async (t) => {
  const { order } = await serve(t, (request) => request.socket.destroy());
  const result = await sendRequests(order({}));
  t.is(result.requests, 0);
  t.is(result.errors, 40);
  t.is(result.latencyMs, null);
});

test('an answer that comes in pieces is over with the last', async (t) => {
  const REST_MS = 40;
  const { order, seen } = await serve(t, (request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-length', 4);
      response.write('ab');
      setTimeout(() => response.end('cd'), REST_MS);
    });
  });
  const result = await sendRequests(
    order({ load: { kind: 'constant-rate', connections: 1, perSecond: 20 } }),
  );
  t.is(result.requests, 4);
  t.is(seen.requests, 4);
  t.true(result.latencyMs!.curve[0]![1] >= REST_MS - 5, `${result.latencyMs!.curve[0]![1]}`);
});
