import { events } from './events.ts';
import type { OwnOrder, OwnResult } from './order.ts';
import { sendRequests } from './send-requests.ts';
import { slowReaders } from './slow-readers.ts';
import { transfer } from './transfer.ts';

/** Our generator in a process of its own: the order is the first argument, as JSON; the result is what it prints, as JSON. */
const result = await obey(JSON.parse(process.argv[2]!) as OwnOrder);
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

async function obey(order: OwnOrder): Promise<OwnResult> {
  switch (order.kind) {
    case 'requests':
      return { ...(await sendRequests(order)), extra: {} };
    case 'transfer':
      return transfer(order);
    case 'slow-readers':
      return slowReaders(order);
    case 'events':
      return events(order);
  }
}
