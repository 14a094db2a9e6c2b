/** What the exit code of a command says. */
export const EXIT = {
  ok: 0,
  /** The command ran and the answer is no: gaps were found, a script is wrong, the gateway could not go on. */
  failure: 1,
  /** It was called wrongly. */
  usage: 2,
} as const;
