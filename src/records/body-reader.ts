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
    const nothing = { mimeType: null, content: null, hash: null, decodeError: null, redactedCount: 0 };
    if (body.isLeftOut) return { ...nothing, isTruncated: true, dropped: 'capture-rule' };
    if (body.isDropped) return { ...nothing, isTruncated: true, dropped: 'capture-budget' };
    const kept = body.bytes();
    if (kept.length === 0) return { ...nothing, isTruncated: true, dropped: 'capture-limit' };
    const { names, maxBytes, hash } = this.#options;
    const header = (name: string): string | undefined =>
      head !== null && 'header' in head ? head.header(name) : undefined;
    const declared = header('content-type');
    const decoded = decodeContent(kept, header('content-encoding'), maxBytes);
    const isCut = body.isCut || decoded.isCut;
    const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(declared ?? '')?.[1] ?? null;
    const text = decodeText(decoded.bytes, charset, isCut);
    const mimeType = sniffMimeType(decoded.bytes, text, declared);
    // A part of a body may begin inside a secret, where no key tells of it.
    const isPart =
      header('content-range') !== undefined || (head instanceof ResponseHead && head.status === 206);
    const shared = { mimeType, isTruncated: isCut, dropped: null, decodeError: decoded.error };
    if (text === null || isPart) return { ...shared, content: null, hash: hash(kept), redactedCount: 0 };
    const redacted = redactText(text, names);
    return { ...shared, content: redacted.text, hash: null, redactedCount: redacted.count };
  }
}
