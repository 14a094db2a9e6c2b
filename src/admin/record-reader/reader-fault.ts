/**
 * Why a question about records has no answer. `absent`: there is no store yet; `unreadable`: it is there and cannot be read, now or at all; `busy`: too many
 * questions wait; `failed`: the thread that reads has died, did not answer in time, or met an error.
 */
export type ReaderFaultKind = 'absent' | 'unreadable' | 'busy' | 'failed';

/** The message says what to do, and nothing of a record. */
export class ReaderFault extends Error {
  readonly kind: ReaderFaultKind;

  constructor(kind: ReaderFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReaderFault';
    this.kind = kind;
  }
}
