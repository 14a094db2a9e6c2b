import type { LoadOrder } from '../generator.ts';
import { sendRequests } from './send-requests.ts';

/** The generator in a process of its own: the order is the first argument, as JSON; the result is what it prints, as JSON. */
const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
process.stdout.write(`${JSON.stringify(await sendRequests(order))}\n`);
process.exit(0);
