import type { Block } from '../../store/block.ts';
import type { RecordForm } from './question.ts';
import { recordRowOf } from './record-row-of.ts';

/** Bytes of one answer, about: it ends with the record that reaches them. */
const MAX_BYTES = 256 * 1024;

const [LINE_FEED, CARRIAGE_RETURN, BLANK] = [0x0a, 0x0d, 0x20];
const LINE_END = Buffer.from('\n');
const EVENT_END = Buffer.from('\n\n');

/** What is put together for one answer. */
export class Piece {
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes >= MAX_BYTES;
  }

  /** As a line of NDJSON. */
  line(block: Block, index: number, form: RecordForm): void {
    if (form !== 'none') this.#put(dataOf(block, index, form), LINE_END);
  }

  /** As a server-sent event. */
  record(block: Block, index: number, form: RecordForm): void {
    const head = Buffer.from(`event: record\nid: ${block.row(index)}\ndata: `);
    this.#put(head, dataOf(block, index, form), EVENT_END);
  }

  /** An event about records that are not sent. */
  event(type: string, fromRow: number, toRow: number, count: number): void {
    const data = JSON.stringify({ count, fromRow, toRow });
    this.#put(Buffer.from(`event: ${type}\nid: ${toRow}\ndata: ${data}\n\n`));
  }

  take(): Uint8Array {
    // In memory of its own, which can be handed to another thread.
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #put(...parts: readonly Buffer[]): void {
    this.#parts.push(...parts);
    for (const { length } of parts) this.#bytes += length;
  }
}

/** A record in one line. Always a copy: a block is not held by what was taken of it. */
function dataOf(block: Block, index: number, form: RecordForm): Buffer {
  if (form === 'rows') return Buffer.from(JSON.stringify(recordRowOf(block, index)));
  const bytes = Buffer.from(block.documentBytes(index));
  // Only a script writes line ends; in JSON they are as good as blanks.
  if (bytes.includes(LINE_FEED) || bytes.includes(CARRIAGE_RETURN))
    for (let at = 0; at < bytes.length; at++)
      if (bytes[at] === LINE_FEED || bytes[at] === CARRIAGE_RETURN) bytes[at] = BLANK;
  return bytes;
}
