import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../core/pipeline.ts';
import { type DataThread, type DataThreadInit, startDataThread } from './data-thread.ts';
import { faultOf } from './program-fault.ts';
import type { FromDataThread, Question, ToDataThread } from './thread-messages.ts';

/** The worker in which a data thread runs: messages in, messages out (thread-messages.ts). */
const port = parentPort!;
const post = (message: FromDataThread): void => port.postMessage(message);

/** How often the main thread hears what was counted here. */
const METRICS_INTERVAL_MS = 1000;

let running: DataThread | null = null;

port.on('message', (message: ToDataThread) => {
  if (message.type === 'cut') running?.cut();
  else if (message.type === 'ask')
    void answer(running!, message.question).then(
      (value) => post({ type: 'answer', id: message.id, value }),
      (error: unknown) => post({ type: 'refusal', id: message.id, fault: faultOf(error) }),
    );
  else
    void (running?.stop(message.deadlineMs) ?? Promise.resolve()).then(
      () => {
        postMetrics();
        post({ type: 'stopped' });
        port.close();
      },
      (error: unknown) => fail(error),
    );
});

function postMetrics(): void {
  if (running !== null) post({ type: 'metrics', snapshots: running.metrics() });
}

async function answer(thread: DataThread, question: Question): Promise<unknown> {
  switch (question.type) {
    case 'prepare':
      return thread.prepare(question.program, question.addresses);
    case 'commit':
      return thread.commit();
    case 'cancel':
      return thread.cancel();
    case 'clear':
      return thread.clear();
    case 'graphs':
      return thread.graphs();
    case 'activity':
      return thread.activity();
    case 'census':
      return thread.census();
  }
}

function fail(error: unknown): void {
  post({ type: 'failed', message: faultOf(error).text });
  port.close();
}

// A script may leave one behind, with each request that it is sent: no traffic ends by that.
process.on('unhandledRejection', (reason) => {
  post({
    type: 'log',
    level: 'error',
    message: `[gateway] nobody waits for a promise that failed: ${messageOf(reason)}`,
  });
});

try {
  running = await startDataThread(
    workerData as DataThreadInit,
    { write: (level, message) => post({ type: 'log', level, message }) },
    () => post({ type: 'flushed' }),
  );
  post({ type: 'listening', addresses: running.addresses });
  postMetrics();
  setInterval(postMetrics, METRICS_INTERVAL_MS).unref();
} catch (error) {
  fail(error);
}
