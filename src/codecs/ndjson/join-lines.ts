const LINE_END = Buffer.from('\n');

/** NDJSON: each document and a line end. The documents must not contain line ends. */
export function joinLines(documents: readonly Buffer[]): Buffer {
  return Buffer.concat(documents.flatMap((document) => [document, LINE_END]));
}
