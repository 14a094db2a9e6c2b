import { parentPort, workerData } from 'node:worker_threads';
import { type DataThread, type DataThreadInit, startDataThread } from './data-thread.ts';
import type { FromDataThread, ToDataThread } from './thread-messages.ts';

/** The worker in which a data thread runs: messages in, messages out (thread-messages.ts). */
const port = parentPort!;
const post = (message: FromDataThread): void => port.postMessage(message);

let running: DataThread | null = null;

port.on('message', (message: ToDataThread) => {
  if (message.type === 'cut') running?.cut();
  else
    void (running?.stop(message.deadlineMs) ?? Promise.resolve()).then(
      () => {
        post({ type: 'stopped' });
        port.close();
      },
      (error: unknown) => fail(error),
    );
});

function fail(error: unknown): void {
  const known = error as Error & { format?: () => string };
  post({ type: 'failed', message: known.format?.() ?? known.message ?? String(error) });
  port.close();
}

try {
  running = await startDataThread(
    workerData as DataThreadInit,
    { write: (level, message) => post({ type: 'log', level, message }) },
    () => post({ type: 'flushed' }),
  );
  post({ type: 'listening', addresses: running.addresses });
} catch (error) {
  fail(error);
}
