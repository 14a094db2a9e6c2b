/** A mistake of whoever gave the options: where the value came from, what is wrong, what to do. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
