import { signal } from '@preact/signals';
import type { JSX } from 'preact';

interface Toast {
  readonly number: number;
  readonly text: string;
  readonly isError: boolean;
}

const SHOWN_MS = 4000;
const MAX_SHOWN = 4;

const toasts = signal<readonly Toast[]>([]);
let lastNumber = 0;

/** Says in passing what was done, or what failed. */
export function say(text: string, { isError = false }: { isError?: boolean } = {}): void {
  const toast = { number: ++lastNumber, text, isError };
  toasts.value = [...toasts.value, toast].slice(-MAX_SHOWN);
  setTimeout(
    () => (toasts.value = toasts.value.filter((other) => other !== toast)),
    isError ? 2 * SHOWN_MS : SHOWN_MS,
  );
}

/** Puts a text into the clipboard and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}`);
  } catch {
    say(`The browser did not allow copying ${what}`, { isError: true });
  }
}

/** Where they appear; screen readers read them. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ number, text, isError }) => (
        <div key={number} class={`toast ${isError ? 'toast-error' : ''}`}>
          {text}
        </div>
      ))}
    </div>
  );
}
