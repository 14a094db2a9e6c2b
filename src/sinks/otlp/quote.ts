import type { Batch } from '../sink.ts';
import type { Quote } from './verdict.ts';

const MAX_LENGTH = 200;

/** Words that servers use about requests; they may be shown although records hold them too. */
const VOCABULARY = new Set(
  `accept accepted authentication authorization bad batch body bytes closed connection content data deadline decode decoding
   denied error exceeded exceeds expected export failed field from grpc header http https internal invalid json large larger length limit
   log logs maximum memory message method missing network not number otlp partial path permission protobuf protocol queue received record records
   refused rejected request response retry server service size some span spans status success than that this time timeout token trace traces type
   unauthenticated unavailable unknown unmarshal unsupported usage value while with wrong`.split(/\s+/),
);

/**
 * A quoter for what a server says about this batch. Servers quote what they dislike, and nothing of a record may get into messages: so a
 * word that occurs in the batch is left out, unless it is one of the trade. Words of up to three characters tell nothing.
 */
export function quoterOf(batch: Batch): Quote {
  return (text) =>
    text
      .slice(0, MAX_LENGTH)
      .replace(/[^\P{C}\n]/gu, ' ')
      .replace(/[\p{L}\p{N}_]{4,}/gu, (word) =>
        VOCABULARY.has(word.toLowerCase()) || !holds(batch, word) ? word : '…',
      )
      .trim()
      .replace(/\s+/g, ' ');
}

function holds({ records }: Batch, word: string): boolean {
  return records.some(({ bytes }) => bytes.includes(word));
}
