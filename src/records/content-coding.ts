import * as zlib from 'node:zlib';

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants;

type Decode = (bytes: Buffer, maxBytes: number) => Buffer;

/** Decoders that take a cut input and give what it holds. */
const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: (bytes, maxOutputLength) => zlib.gunzipSync(bytes, { finishFlush: Z_SYNC_FLUSH, maxOutputLength }),
  deflate: (bytes, maxOutputLength) => {
    const options = { finishFlush: Z_SYNC_FLUSH, maxOutputLength };
    try {
      return zlib.inflateSync(bytes, options);
    } catch (error) {
      // Many send raw deflate under this name (RFC 9110 section 8.4.1.2).
      if (isTooLarge(error)) throw error;
      return zlib.inflateRawSync(bytes, options);
    }
  },
  br: (bytes, maxOutputLength) =>
    zlib.brotliDecompressSync(bytes, { finishFlush: BROTLI_OPERATION_FLUSH, maxOutputLength }),
  zstd: (bytes, maxOutputLength) =>
    zlib.zstdDecompressSync(bytes, { finishFlush: ZSTD_e_flush, maxOutputLength }),
};

export interface Decoded {
  readonly bytes: Buffer;
  /** There was more than `maxBytes`. */
  readonly isCut: boolean;
  /** Why the bytes are as they were received; null where they are decoded. */
  readonly error: string | null;
}

/**
 * Removes content codings (RFC 9110 section 8.4), at most `maxBytes` of output, however small the input.
 * @param codings the value of Content-Encoding
 * @param bytes a body or its beginning
 */
export function decodeContent(bytes: Buffer, codings: string | undefined, maxBytes: number): Decoded {
  if (codings === undefined || bytes.length === 0) return { bytes, isCut: false, error: null };
  const names = codings
    .split(',')
    .map((name) => name.trim().toLowerCase().replace(/^x-/, ''))
    .filter((name) => name !== '' && name !== 'identity');
  let decoded: Decoded = { bytes, isCut: false, error: null };
  if (names.length > 3) return { ...decoded, error: 'more than three content codings' };
  for (const name of names.toReversed()) {
    const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name]! : null;
    if (decode === null) return { bytes, isCut: false, error: `unknown content coding ${name.slice(0, 40)}` };
    try {
      const step = decodeBounded(decode, decoded.bytes, maxBytes);
      decoded = { ...step, isCut: step.isCut || decoded.isCut, error: null };
    } catch (error) {
      return { bytes, isCut: false, error: `${name}: ${(error as Error).message}` };
    }
  }
  return decoded;
}

function decodeBounded(decode: Decode, bytes: Buffer, maxBytes: number): { bytes: Buffer; isCut: boolean } {
  // Some more than wanted is taken whole, so that only strongly packed bodies need the search below.
  const roomBytes = maxBytes * 2;
  const whole = decodeWithin(decode, bytes, roomBytes);
  if (whole !== null) return { bytes: whole.subarray(0, maxBytes), isCut: whole.length > maxBytes };
  // The longest beginning of the input whose output still fits.
  let best: Buffer = Buffer.alloc(0);
  let low = 0;
  let high = bytes.length;
  while (high - low > 1 && best.length < maxBytes) {
    const middle = (low + high) >> 1;
    const part = decodeWithin(decode, bytes.subarray(0, middle), roomBytes);
    if (part === null) high = middle;
    else {
      low = middle;
      best = part;
    }
  }
  return { bytes: best.subarray(0, maxBytes), isCut: true };
}

/** Null where the output is larger than `maxBytes`. */
function decodeWithin(decode: Decode, bytes: Buffer, maxBytes: number): Buffer | null {
  try {
    return decode(bytes, maxBytes);
  } catch (error) {
    if (isTooLarge(error)) return null;
    throw error;
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}
