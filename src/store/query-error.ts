/** A query that cannot be read: what is wrong and at which column, from 1. */
export class QueryError extends Error {
  readonly column: number;
  constructor(message: string, column: number) {
    super(message);
    this.name = 'QueryError';
    this.column = column;
  }

  /** The query with a caret under the place. */
  format(query: string): string {
    return `${this.message}\n  ${query}\n  ${' '.repeat(this.column - 1)}^`;
  }
}
