import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';
import { RecordReader } from '../../src/admin/record-reader/record-reader.ts';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { RecordStore } from '../../src/store/record-store.ts';

/** A store in a folder of its own, as the gateway writes it, and the thread that reads it. */
export function recordFile(
  t: Pick<ExecutionContext, 'teardown'>,
  { idleMs }: { readonly idleMs?: number } = {},
): {
  readonly file: string;
  readonly store: RecordStore;
  readonly reader: RecordReader;
  /** Stores records as one batch. */
  readonly insert: (records: readonly RecordDocument[], thread?: number) => void;
} {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-records-'));
  const file = path.join(folder, 'store.sqlite');
  const store = RecordStore.open(file);
  const reader = new RecordReader({ file, idleMs });
  let offset = 0;
  t.teardown(async () => {
    await reader.stop();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    file,
    store,
    reader,
    insert: (records, thread = 0) => {
      store.insert(records, { run: 'r', thread, segment: 1, offset: ++offset });
    },
  };
}
