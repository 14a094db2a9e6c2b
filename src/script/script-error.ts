/** A script that cannot be loaded, with the place to look at. Line and column count from 1. */
export class ScriptError extends Error {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly sourceLine: string;

  constructor(message: string, file: string, line: number, column: number, source: string) {
    super(message);
    this.name = 'ScriptError';
    this.file = file;
    this.line = line;
    this.column = column;
    this.sourceLine = source.split('\n')[line - 1] ?? '';
  }

  /** `file:line:column: message`, the line, and a caret under the column. */
  format(): string {
    const where = this.line > 0 ? `${this.file}:${this.line}:${this.column}` : this.file;
    if (this.sourceLine === '') return `${where}: ${this.message}`;
    const indent = this.sourceLine.slice(0, this.column - 1).replace(/[^\t]/g, ' ');
    return `${where}: ${this.message}\n  ${this.sourceLine}\n  ${indent}^`;
  }
}
