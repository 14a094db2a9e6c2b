import { scan, type Take } from '../../store/scan.ts';
import type { StoreReading } from '../../store/store-reading.ts';
import { Piece } from './piece.ts';
import type { Followed, FollowQuestion } from './question.ts';
import type { Turns } from './turn.ts';

/** Steps after which it is answered with what was found until then, so that the client hears how far it is. */
const MAX_STEPS = 200;

/** The next records of a stream, once there are any. */
export function* answerFollow(question: FollowQuestion, reading: StoreReading): Turns<Followed> {
  const { afterRow, waitMs } = question;
  if (reading.lastRow <= afterRow) {
    yield { afterRow, untilMs: performance.now() + waitMs };
    if (reading.lastRow <= afterRow) return { bytes: new Uint8Array(), records: 0, row: afterRow };
  }
  return yield* follow(question, reading);
}

function* follow({ query, afterRow, form, sample }: FollowQuestion, reading: StoreReading): Turns<Followed> {
  const piece = new Piece();
  const skipped = new SkippedRows();
  let records = 0;
  const take: Take = (block, index, row) => {
    // A gap is never passed over: what it tells of is lost for good.
    if (
      sample !== null &&
      records >= sample &&
      !(block.mayHaveGaps && block.value(index, 'kind') === 'gap')
    ) {
      skipped.add(row);
      return true;
    }
    skipped.writeTo(piece);
    piece.record(block, index, form);
    records++;
    return !piece.isFull;
  };
  const steps = scan(reading, query, { order: 'oldest', afterRow }, take, (fromRow, toRow) => {
    skipped.writeTo(piece);
    piece.event('expired', fromRow, toRow, toRow - fromRow + 1);
  });
  let step = steps.next();
  for (let count = 1; step.done !== true && count < MAX_STEPS; count++) {
    yield 'go-on';
    step = steps.next();
  }
  skipped.writeTo(piece);
  return { bytes: piece.take(), records, row: step.value.row };
}

/** Records that match and are not sent, one after the other. */
class SkippedRows {
  #count = 0;
  #fromRow = 0;
  #toRow = 0;

  add(row: number): void {
    if (this.#count++ === 0) this.#fromRow = row;
    this.#toRow = row;
  }

  /** Tells of them, if there are any, and begins anew. */
  writeTo(piece: Piece): void {
    if (this.#count > 0) piece.event('skipped', this.#fromRow, this.#toRow, this.#count);
    this.#count = 0;
  }
}
