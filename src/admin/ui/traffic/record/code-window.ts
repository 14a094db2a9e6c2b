/** From where on a text is drawn: its beginning, or a place that somebody looks for. */
export interface CodeWindow {
  readonly from: number;
  /** Of the line that begins at `from`. */
  readonly firstLine: number;
}

export const FROM_START: CodeWindow = { from: 0, firstLine: 1 };

/** How much of a line is drawn before what is looked for, where the line is longer than can be drawn. */
const LEAD = 1000;
const LONG_LINE = 32 * 1024;

/** The window that shows the text at `offset`, some lines before it too. */
export function windowAt(text: string, offset: number): CodeWindow {
  let from = text.lastIndexOf('\n', offset - 1) + 1;
  for (let lines = 0; lines < 20 && from > 0 && offset - from < LEAD; lines++)
    from = text.lastIndexOf('\n', from - 2) + 1;
  if (offset - from > LONG_LINE) from = withoutHalf(text, offset - LEAD);
  return { from, firstLine: lineAt(text, from) };
}

/** The number of the line that an offset is in, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Not between the halves of a pair. */
function withoutHalf(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}
