/** Where a text is found in another. */
export interface FoundTexts {
  /** Where each begins, in their order. */
  readonly offsets: readonly number[];
  /** There are more. */
  readonly isCut: boolean;
}

const NOTHING: FoundTexts = { offsets: [], isCut: false };

/** Finds a text as it is written, but for upper and lower case, at most `maxCount` times. */
export function findText(text: string, wanted: string, maxCount = 5000): FoundTexts {
  if (wanted === '') return NOTHING;
  // Lower case of a whole text may be of another length: offsets would be wrong.
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), 'gi');
  const offsets: number[] = [];
  for (const { index } of text.matchAll(pattern)) {
    if (offsets.length === maxCount) return { offsets, isCut: true };
    offsets.push(index);
  }
  return { offsets, isCut: false };
}
