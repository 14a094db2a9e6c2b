import { scan } from '../../store/scan.ts';
import type { StoreReading } from '../../store/store-reading.ts';
import { Piece } from './piece.ts';
import type { Page, PageQuestion } from './question.ts';
import type { Turns } from './turn.ts';

/** Steps after which a question is answered with what was found until then, so that none takes long. */
const MAX_STEPS = 200;

/** The next records of a list. */
export function* answerPage(question: PageQuestion, reading: StoreReading): Turns<Page> {
  const { query, order, afterRow, beforeRow, sinceMs, untilMs, limit, form } = question;
  const piece = new Piece();
  let records = 0;
  let lastRow = 0;
  let hasMore = false;
  const steps = scan(
    reading,
    query,
    { order, afterRow, beforeRow, window: { sinceMs, untilMs } },
    (block, index, row) => {
      if (records === limit) {
        hasMore = true;
        return false;
      }
      piece.line(block, index, form);
      lastRow = row;
      records++;
      return records === limit || !piece.isFull;
    },
  );
  let step = steps.next();
  for (let count = 1; step.done !== true; count++) {
    if (count === MAX_STEPS && records < limit) break;
    yield 'go-on';
    step = steps.next();
  }
  if (hasMore) return { bytes: piece.take(), records, row: lastRow, state: 'more' };
  const { row, isDone } = step.value;
  return { bytes: piece.take(), records, row, state: isDone ? 'end' : 'cut' };
}
