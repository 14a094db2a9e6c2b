import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import type { Sink } from '../sinks/sink.ts';
import type { DataDirectory } from '../spool/data-directory.ts';
import { newStoreSink } from './new-delivery.ts';

/** The sinks that the options and the environment ask for. */
// oxlint-disable-next-line require-await -- sinks load their libraries only where they are asked for
export async function newSinks(init: {
  readonly directory: DataDirectory;
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly output: NodeJS.WritableStream;
}): Promise<Sink[]> {
  const { directory, options, log } = init;
  const sinks: Sink[] = [];
  if (options.store === 'on') sinks.push(newStoreSink(directory, options, log));
  return sinks;
}
