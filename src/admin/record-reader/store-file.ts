import { statSync } from 'node:fs';
import { RecordStore } from '../../store/record-store.ts';
import type { StoreReading } from '../../store/store-reading.ts';
import { ReaderFault } from './reader-fault.ts';

/** The store as a file that may come, be converted, be replaced or go: opened to be read when somebody asks. */
export class StoreFile {
  readonly #file: string;
  #store: RecordStore | null = null;
  #inode = 0n;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws ReaderFault where there is nothing to read. */
  reading(): StoreReading {
    const inode = this.#find();
    // A damaged store is put aside by the sink, and a new one begun.
    if (this.#store !== null && inode !== this.#inode) this.close();
    if (this.#store === null) {
      try {
        this.#store = RecordStore.open(this.#file, { isReadOnly: true });
      } catch (error) {
        throw new ReaderFault('unreadable', `The store cannot be read: ${(error as Error).message}`, {
          cause: error,
        });
      }
      this.#inode = inode;
    }
    return this.#store.reading;
  }

  /** It is opened anew at the next question. Safe before and twice. */
  close(): void {
    this.#store?.close();
    this.#store = null;
  }

  #find(): bigint {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) {
      this.close();
      throw new ReaderFault(
        'absent',
        'There is no store yet: the gateway makes it when it begins to deliver records. Ask again in a moment, and look into the log if it stays so.',
      );
    }
    return found.ino;
  }
}
