import type { Answer, Question } from './question.ts';
import type { ReaderFaultKind } from './reader-fault.ts';

/** What the main thread tells the thread that reads records. */
export type ToReader =
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  /** Nobody waits for the answer any more. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'stop' };

/** What it answers. */
export type FromReader =
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | {
      readonly type: 'refusal';
      readonly id: number;
      readonly kind: ReaderFaultKind;
      readonly message: string;
    };
