import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Log } from '../../core/ports.ts';
import { type Files, type OpenFile, writeAll } from './files.ts';
import { rotatedStamp } from './rotated-name.ts';

/** Half the CPU time of the default level for a sixth more bytes. */
const GZIP_LEVEL = 1;
const CHUNK_BYTES = 64 * 1024;
const UNFINISHED = '.gz.part';

/**
 * Compresses files that were put aside, one at a time and beside the writing, and removes the oldest. A file goes only when its compressed
 * form is whole; a crash leaves at worst a part that the next start removes.
 */
export class Archive {
  readonly #files: Files;
  readonly #file: string;
  readonly #keep: number;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #isWanted = false;

  /** @param keep files put aside that are kept; 0 for all */
  constructor(options: { files: Files; file: string; keep: number; log: Log }) {
    this.#files = options.files;
    this.#file = options.file;
    this.#keep = options.keep;
    this.#log = options.log;
  }

  /** Something was put aside, or a start may find what a crash left. Never throws; what fails is tried again at the next call. */
  wake(): void {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** What is being compressed is given up, and begun anew at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#stopping.signal.aborted) {
      this.#isWanted = false;
      try {
        await this.#clean();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const { code, message } = error as NodeJS.ErrnoException;
        this.#log.write(
          'error',
          `[file] cannot compress what was put aside from ${this.#file}: ${code ?? message}; it stays as it is until the next rotation`,
        );
      }
    }
  }

  async #clean(): Promise<void> {
    const folder = path.dirname(this.#file);
    const at = (name: string): string => path.join(folder, name);
    const names = await this.#files.list(folder);
    for (const name of names)
      if (name.endsWith(UNFINISHED) && this.#stampOf(name.slice(0, -UNFINISHED.length)) !== null)
        await this.#files.remove(at(name));
    const kept = names
      .filter((name) => this.#stampOf(name) !== null)
      .sort((one, other) => (this.#stampOf(one)! < this.#stampOf(other)! ? -1 : 1));
    if (this.#keep > 0) {
      const stamps = [...new Set(kept.map((name) => this.#stampOf(name)!))];
      const old = new Set(stamps.slice(0, Math.max(0, stamps.length - this.#keep)));
      for (const name of kept) if (old.has(this.#stampOf(name)!)) await this.#files.remove(at(name));
      kept.splice(0, kept.length, ...kept.filter((name) => !old.has(this.#stampOf(name)!)));
    }
    for (const name of kept) {
      if (name.endsWith('.gz') || this.#stopping.signal.aborted) continue;
      if (!kept.includes(`${name}.gz`)) await this.#compress(at(name));
      await this.#files.remove(at(name));
    }
  }

  async #compress(file: string): Promise<void> {
    const part = `${file}${UNFINISHED}`;
    const source = await this.#files.open(file, 'read');
    try {
      const target = await this.#files.open(part, 'replace');
      try {
        await pipeline(
          chunksOf(source),
          createGzip({ level: GZIP_LEVEL }),
          async (chunks: AsyncIterable<Buffer>) => {
            for await (const chunk of chunks) await writeAll(target, chunk);
          },
          { signal: this.#stopping.signal },
        );
        await target.sync();
      } finally {
        await target.close();
      }
    } catch (error) {
      await this.#files.remove(part).catch(() => {});
      throw error;
    } finally {
      await source.close();
    }
    await this.#files.rename(part, `${file}.gz`);
    // The original is removed next: also a power loss must find one of the two.
    await this.#files.syncFolder(path.dirname(file));
  }

  #stampOf(name: string): string | null {
    return rotatedStamp(this.#file, name);
  }
}

async function* chunksOf(file: OpenFile): AsyncGenerator<Buffer> {
  let position = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const length = await file.read(chunk, position);
    if (length === 0) return;
    position += length;
    yield chunk.subarray(0, length);
  }
}
