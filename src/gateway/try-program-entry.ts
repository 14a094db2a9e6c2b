import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { loadOnly } from './load-program.ts';
import { faultOf } from './program-fault.ts';
import type { TrialInit, TrialMessage } from './try-program.ts';

/** The worker in which a program is tried: it loads, or says why not. */
const { program, options } = workerData as TrialInit;
const post = (message: TrialMessage): void => parentPort!.postMessage(message);
post('begun');
let result: TrialMessage = null;
try {
  loadOnly({ program, options }, { write: () => {} }).release();
  // A promise that has failed by now, and for which nobody waits, ends this thread first.
  await setImmediate();
} catch (error) {
  result = faultOf(error);
}
post(result);
