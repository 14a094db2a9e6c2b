import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { CollectingStage } from '../core/collecting-stage.ts';
import { Data } from '../core/data.ts';
import type { Event, MessageEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';

/** Inflates bodies (spec filters, decompressMessageBody). */
export const decompressMessageBody: FilterDeclaration = {
  name: 'decompressMessageBody',
  origin: 'spec',
  summary:
    'Decompresses the body of each message; gzip, zlib and raw deflate are told apart by their first bytes. Headers stay.',
  parameters: [
    {
      name: 'algorithm',
      type: 'string',
      signature: "'inflate'",
      meaning: "'inflate', for all that deflate made",
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().decompressMessageBody('inflate').replaceMessage(m => new Message(m.body)).encodeHttpResponse()",
  ],
  prepare(args, site) {
    if (args[0] !== 'inflate') site.reject(`unknown decompression algorithm: ${String(args[0])}`);
    return () => new DecompressMessageBody();
  },
};

/** A body is inflated when it is whole: scripts see it in one piece anyway, and what is corrupt never passes half. */
class DecompressMessageBody extends CollectingStage {
  constructor() {
    super('decompressMessageBody');
  }

  protected during(event: Exclude<Event, MessageEnd>, isInside: boolean): void {
    if (event.kind !== 'data' || !isInside) this.emit(event);
  }

  protected whole(_head: object | null, body: Data, end: MessageEnd): void {
    if (body.size > 0) {
      let inflated: Buffer;
      try {
        inflated = inflate(body.bytes(), this.session.maxMessageBytes);
      } catch (error) {
        this.session.abort(this, new Error(`a body cannot be inflated: ${(error as Error).message}`));
        return;
      }
      if (inflated.length > 0) this.emit(Data.of(inflated));
    }
    this.emit(end);
  }
}

/** Throws what zlib throws, also where more than the bound of a message would come out. */
function inflate(bytes: Buffer, maxBytes: number): Buffer {
  const limit = Number.isFinite(maxBytes) ? { maxOutputLength: maxBytes } : {};
  // RFC 1952 section 2.3.1, RFC 1950 section 2.2.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, limit);
  const isZlib = (bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | (bytes[1] ?? 0)) % 31 === 0;
  return isZlib ? inflateSync(bytes, limit) : inflateRawSync(bytes, limit);
}
