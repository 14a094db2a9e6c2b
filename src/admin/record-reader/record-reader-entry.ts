import * as os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { StoreReading } from '../../store/store-reading.ts';
import { answerFollow } from './answer-follow.ts';
import { answerPage } from './answer-page.ts';
import { answerBody, answerRecord } from './answer-record.ts';
import type { Answer, Question } from './question.ts';
import { ReaderFault } from './reader-fault.ts';
import type { FromReader, ToReader } from './reader-message.ts';
import { StoreFile } from './store-file.ts';
import { RecordSummaries } from './summary/record-summaries.ts';
import { TurnQueue } from './turn-queue.ts';
import type { Turns } from './turn.ts';

/** The worker that reads the store for who asks on the admin port: messages in, messages out (reader-message.ts). */
const port = parentPort!;
const store = new StoreFile((workerData as { readonly file: string }).file);
/** How much nicer it is than the others: where the processors are busy, a thread of traffic or delivery gets three times as much of them. */
const NICENESS = 5;

// On Linux 0 is this thread; elsewhere it is the process.
if (process.platform === 'linux') os.setPriority(0, Math.min(os.getPriority(0) + NICENESS, 19));

/** What is kept is of the file that is open. */
const summaries = new WeakMap<StoreReading, RecordSummaries>();
const queue = new TurnQueue(() => store.reading().lastRow);

port.on('message', (message: ToReader) => {
  if (message.type === 'ask') take(message.id, message.question);
  else if (message.type === 'cancel') queue.cancel(message.id);
  else {
    queue.stop();
    store.close();
    port.close();
  }
});

function take(id: number, question: Question): void {
  const post = (message: FromReader, memory: ArrayBuffer[] = []): void => port.postMessage(message, memory);
  const onError = (error: unknown): void => {
    const { kind, message } = faultOf(error);
    post({ type: 'refusal', id, kind, message });
  };
  try {
    queue.add({
      id,
      turns: answer(question, store.reading()),
      onDone: (value) => post({ type: 'answer', id, answer: value as Answer }, memoryOf(value)),
      onError,
    });
  } catch (error) {
    onError(error);
  }
}

function answer(question: Question, reading: StoreReading): Turns<Answer> {
  switch (question.type) {
    case 'page':
      return answerPage(question, reading);
    case 'follow':
      return answerFollow(question, reading);
    case 'record':
      return answerRecord(question, reading);
    case 'body':
      return answerBody(question, reading);
    case 'summary':
      return summariesOf(reading).answer(question, Date.now());
    case 'newest':
      return answerNewest(reading);
  }
}

function summariesOf(reading: StoreReading): RecordSummaries {
  let own = summaries.get(reading);
  if (own === undefined) summaries.set(reading, (own = new RecordSummaries(reading)));
  return own;
}

// oxlint-disable-next-line require-yield -- it is done in one turn
function* answerNewest(reading: StoreReading): Turns<number> {
  return reading.lastRow;
}

/** Memory that is handed over instead of copied. */
function memoryOf(value: unknown): ArrayBuffer[] {
  const bytes = (value as { bytes?: unknown } | null)?.bytes;
  return bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [];
}

function faultOf(error: unknown): ReaderFault {
  if (error instanceof ReaderFault) return error;
  const { message, code } = error as Error & { code?: string };
  // The file is opened anew at the next question.
  if (code === 'ERR_SQLITE_ERROR') store.close();
  // The latter: it was closed meanwhile, because of an error or since it is another file now.
  return code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_STATE'
    ? new ReaderFault('unreadable', `The store cannot be read: ${message}. Ask again.`, { cause: error })
    : new ReaderFault('failed', 'The store could not be read to the end: a part of it is damaged.', {
        cause: error,
      });
}
