import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import test from 'ava';
import { ANSWERS } from '../support/conversation-pieces.ts';
import { type ModelGateway, modelGateway, type ModelSocket } from '../support/model-gateway.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;
const turn = (): Promise<unknown> => new Promise(setImmediate);

/** One exchange on a connection that the client then closes; what is left of its socket. */
async function exchange(gateway: ModelGateway): Promise<WeakRef<ModelSocket>> {
  const model = gateway.connect();
  const { socket } = model;
  socket.push(Buffer.from('GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
  await turn();
  model.upstream!.listener.onBytes(Buffer.from(ANSWERS[0]!));
  socket.push(null);
  for (let turns = 0; !socket.closed && turns < 10; turns++) await turn();
  return new WeakRef(socket);
}

test('nothing holds a connection that is closed', async (t) => {
  const gateway = modelGateway([]);
  const socket = await exchange(gateway);
  await gateway.close();
  t.is(gateway.records.length, 1);
  for (let turns = 0; turns < 3; turns++) {
    await turn();
    collect();
  }
  t.is(socket.deref(), undefined, 'not even a timer, until its time');
});
