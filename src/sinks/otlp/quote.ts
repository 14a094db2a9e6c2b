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
export function quoterOf({ records }: Batch): Quote {
  let sent: string | null = null;
  const isSent = (word: string): boolean => {
    sent ??= records
      .map(({ bytes }) => bytes.toString('utf8'))
      .join('\n')
      .toLowerCase();
    return sent.includes(word);
  };
  return (text) =>
    text
      .slice(0, MAX_LENGTH)
      // An escape at the begin of a word would make another word of it.
      .replace(/\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[^])|\p{C}/giu, ' ')
      .replace(/[\p{L}\p{N}_]{4,}/gu, (word) => {
        const lower = word.toLowerCase();
        return VOCABULARY.has(lower) || !isSent(lower) ? word : '…';
      })
      .trim()
      .replace(/\s+/g, ' ');
}
