import type { GatewayAnswer } from '../codecs/http1/gateway-answer.ts';
import { type RequestHead, ResponseHead } from '../codecs/http1/head.ts';
import type { BodyCapture } from './body-capture.ts';
import { decodeContent } from './content-coding.ts';
import { redactText } from './redaction/redact-text.ts';
import type { SecretNames } from './redaction/secret-names.ts';
import { decodeText, sniffMimeType } from './sniff.ts';

/** What a record says of a body. */
export interface BodyFacts {
  /** Sniffed from the content; null for an empty body. */
  readonly mimeType: string | null;
  /** The text, redacted; null where it is binary or not kept. */
  readonly content: string | null;
  /** Keyed hash of the kept bytes of a body that is not shown as text. */
  readonly hash: string | null;
  /** Less is shown than there was. */
  readonly isTruncated: boolean;
  /** Why nothing was kept; null where something was. */
  readonly dropped: string | null;
  readonly decodeError: string | null;
  readonly redactedCount: number;
}

export interface BodyReaderOptions {
  readonly names: SecretNames;
  /** Bound on the shown bytes of a body. */
  readonly maxBytes: number;
  readonly hash: (bytes: Buffer) => string;
}

/** Turns kept bytes into what may be written: content coding removed, text redacted, binary only as length and hash. */
export class BodyReader {
  readonly #options: BodyReaderOptions;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
  }

  read(body: BodyCapture, head: RequestHead | ResponseHead | GatewayAnswer | null): BodyFacts | null {
    if (body.totalBytes === 0) return null;
    if (body.isLeftOut) return withoutContent('capture-rule');
    if (body.isDropped) return withoutContent('capture-budget');
    const kept = body.bytes();
    if (kept.length === 0) return withoutContent('capture-limit');
    const { names, maxBytes, hash } = this.#options;
    const { type, coding, range } = contentFields(head);
    const decoded = decodeContent(kept, coding, maxBytes);
    const isTruncated = body.isCut || decoded.isCut;
    const text = decodeText(decoded.bytes, type, isTruncated);
    const mimeType = sniffMimeType(decoded.bytes, text, type);
    // A part of a body may begin inside a secret, where no key tells of it.
    const isPart = range !== undefined || (head instanceof ResponseHead && head.status === 206);
    const isShown = text !== null && !isPart;
    const redacted = isShown ? redactText(text, names) : null;
    return {
      mimeType,
      content: redacted === null ? null : redacted.text,
      hash: isShown ? null : hash(kept),
      isTruncated,
      dropped: null,
      decodeError: decoded.error,
      redactedCount: redacted === null ? 0 : redacted.count,
    };
  }
}

function withoutContent(dropped: string): BodyFacts {
  return {
    mimeType: null,
    content: null,
    hash: null,
    isTruncated: true,
    dropped,
    decodeError: null,
    redactedCount: 0,
  };
}

interface ContentFields {
  readonly type: string | undefined;
  readonly coding: string | undefined;
  readonly range: string | undefined;
}

const NO_FIELDS: ContentFields = { type: undefined, coding: undefined, range: undefined };

/** Content-Type, Content-Encoding and Content-Range, found in one walk: most bodies have the first and no other. */
function contentFields(head: RequestHead | ResponseHead | GatewayAnswer | null): ContentFields {
  if (head === null || !('header' in head)) return NO_FIELDS;
  const { rawHeaders } = head;
  let [hasType, hasCoding, hasRange] = [false, false, false];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const { length } = rawHeaders[index]!;
    if (length === 12) hasType = true;
    else if (length === 16) hasCoding = true;
    else if (length === 13) hasRange = true;
  }
  return {
    type: hasType ? head.header('content-type') : undefined,
    coding: hasCoding ? head.header('content-encoding') : undefined,
    range: hasRange ? head.header('content-range') : undefined,
  };
}
