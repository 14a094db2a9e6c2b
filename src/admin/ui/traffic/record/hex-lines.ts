/** A row of a hex view. */
export interface HexLine {
  /** Of its first byte. */
  readonly offset: number;
  /** `48 65 6c…`, in two groups of eight. */
  readonly hex: string;
  /** The same as ASCII; a dot for everything else. */
  readonly ascii: string;
}

const WIDTH = 16;

/** Rows of 16 bytes, at most `maxBytes` of them altogether. */
export function hexLines(bytes: Uint8Array, maxBytes: number): readonly HexLine[] {
  const lines: HexLine[] = [];
  const end = Math.min(bytes.length, maxBytes);
  for (let offset = 0; offset < end; offset += WIDTH) {
    const row = [...bytes.subarray(offset, Math.min(end, offset + WIDTH))];
    const pairs = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = [pairs.slice(0, 8).join(' '), pairs.slice(8).join(' ')];
    lines.push({
      offset,
      hex: halves.filter((half) => half !== '').join('  '),
      ascii: row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
    });
  }
  return lines;
}
