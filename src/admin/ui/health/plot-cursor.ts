import { signal } from '@preact/signals';

/** The place in the history that all plots point at: under the pointer, or moved by keys; null for none, where legends show what is newest. */
export const cursorPlace = signal<number | null>(null);
