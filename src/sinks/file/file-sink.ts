import type { Log } from '../../core/ports.ts';
import { joinLines } from '../../codecs/ndjson/join-lines.ts';
import { SerialTries } from '../serial-tries.ts';
import {
  type Batch,
  DELIVERED,
  DUPLICATE,
  type Place,
  type SendResult,
  type Sink,
  type SinkLimits,
  SinkNotReady,
  type StreamKey,
} from '../sink.ts';
import { Archive } from './archive.ts';
import { diskFiles, type Files } from './files.ts';
import { RecordFile } from './record-file.ts';

/** A batch is one write; a larger one would only take memory. */
const MAX_BATCH_BYTES = 1024 * 1024;

export interface FileSinkOptions {
  readonly file: string;
  /** Where the sink keeps its places; beside nothing else, in the data directory. */
  readonly stateFile: string;
  /** A new file is begun before one becomes larger; a single larger record has a file of its own. */
  readonly maxBytes: number;
  /** A new file is begun with the first record after this time; 0 for never. */
  readonly maxAgeMs: number;
  /** Compressed files that are kept; 0 for all. */
  readonly keep: number;
  /** Also against power loss: each batch is on the disk before it counts as delivered. */
  readonly isSyncing: boolean;
  readonly log: Log;
  readonly files?: Files;
  readonly nowMs?: () => number;
}

/**
 * NDJSON in a file, each record exactly once, also across kill -9 and a full disk; rotated by size and age to
 * `name-<UTC time>.ext.gz`. With `isSyncing` that holds across a power loss, too.
 */
export function newFileSink(options: FileSinkOptions): Sink {
  return new FileSink(options);
}

class FileSink implements Sink {
  readonly name = 'file';
  readonly limits: SinkLimits;
  readonly ownPlaces = {
    acknowledged: (stream: StreamKey): Place | null => this.#recordFile.acknowledged(stream),
  };
  readonly #options: FileSinkOptions;
  readonly #recordFile: RecordFile;
  readonly #archive: Archive;
  readonly #tries = new SerialTries();

  constructor(options: FileSinkOptions) {
    this.#options = options;
    const { file, stateFile, maxBytes, maxAgeMs, keep, isSyncing, log } = options;
    const files = options.files ?? diskFiles;
    this.limits = {
      maxBatchBytes: Math.min(MAX_BATCH_BYTES, maxBytes),
      maxBatchRecords: 2000,
      maxWaitMs: 0,
      maxConcurrency: 1,
      timeoutMs: 60_000,
    };
    this.#archive = new Archive({ files, file, keep, log });
    this.#recordFile = new RecordFile({
      file,
      stateFile,
      maxBytes,
      maxAgeMs,
      isSyncing,
      files,
      log,
      nowMs: options.nowMs ?? Date.now,
      onRotated: () => this.#archive.wake(),
    });
  }

  async start(): Promise<void> {
    try {
      await this.#recordFile.open();
    } catch (error) {
      if (error instanceof SinkNotReady) throw error;
      throw new SinkNotReady(this.#reasonOf(error), {
        isPermanent: !['ENOSPC', 'EDQUOT', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? ''),
      });
    }
    this.#archive.wake();
  }

  send(batch: Batch, signal: AbortSignal): Promise<SendResult> {
    return this.#tries.run(batch, signal, (rest) => this.#append(rest));
  }

  epoch(): string {
    return '';
  }

  async stop(): Promise<void> {
    await this.#tries.idle();
    await this.#archive.stop();
    await this.#recordFile.close().catch((error: unknown) => {
      this.#options.log.write('error', `[file] ${this.#reasonOf(error)}`);
    });
  }

  async #append({ stream, place, records }: Batch): Promise<SendResult> {
    if (isBeyond(this.#recordFile.acknowledged(stream), place))
      return { kind: 'answered', items: records.map(() => DUPLICATE) };
    try {
      await this.#recordFile.append(stream, place, joinLines(records.map(({ bytes }) => bytes)));
    } catch (error) {
      return {
        kind: 'retry',
        reason: this.#reasonOf(error),
        retryAfterMs: null,
        // What was written of it is cut off again before anything else is written.
        isAmbiguous: false,
        isOverload: false,
      };
    }
    return { kind: 'answered', items: records.map(() => DELIVERED) };
  }

  #reasonOf(error: unknown): string {
    const { code, message, path: file } = error as NodeJS.ErrnoException;
    return `cannot write ${file ?? this.#options.file}: ${ADVICE[code ?? ''] ?? code ?? message}`;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full (ENOSPC); make room, or keep fewer files (--file-keep)',
  EDQUOT: 'the quota is used up (EDQUOT)',
  EROFS: 'the file system is read-only (EROFS)',
  ENOENT: 'its folder does not exist (ENOENT); make it, or choose another --file',
  ENOTDIR: 'its folder is no folder (ENOTDIR)',
  EACCES: 'permission denied (EACCES); the user of the gateway must be able to write the file and its folder',
  EPERM: 'not permitted (EPERM)',
  EISDIR: 'it is a folder (EISDIR); give a file with --file',
  EIO: 'the disk does not work (EIO)',
};

/** Whether all up to `place` is in the file already. */
function isBeyond(acknowledged: Place | null, { segment, offset }: Place): boolean {
  if (acknowledged === null) return false;
  return (
    acknowledged.segment > segment || (acknowledged.segment === segment && acknowledged.offset >= offset)
  );
}
