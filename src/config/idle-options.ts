import type { ReadResult } from './read-options.ts';

/** Options that were given and change nothing, each with why; for a warning at the start. */
export function idleOptions({ options, given }: Pick<ReadResult, 'options' | 'given'>): string[] {
  const idle = (prefix: string, why: string): string[] =>
    [...given].filter((name) => name.startsWith(prefix)).map((name) => `--${name} does nothing ${why}`);
  return [
    ...(options.file === null ? idle('file-', 'without --file') : []),
    ...(options.elasticsearch.length === 0 ? idle('elasticsearch-', 'without --elasticsearch') : []),
    ...(options.store === 'off' ? idle('store-', 'with --store=off') : []),
    ...(options.guiPort === null
      ? ['gui-token-file', 'gui-hosts', 'trace-url'].flatMap((name) => idle(name, 'with --gui-port=0'))
      : []),
  ];
}
