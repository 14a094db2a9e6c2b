/** The world of a command: where it writes and what it is told by its surroundings. */
export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** From now on a reader of `out` that goes away ends nothing: whoever writes there finds out and says so. */
  outliveReader(): void;
}

/** Writes with back pressure, so that a long listing does not pile up in memory. */
export async function writeOut(terminal: Terminal, text: string): Promise<void> {
  if (!terminal.out.write(text))
    await new Promise<void>((resolve) => terminal.out.once('drain', () => resolve()));
}
