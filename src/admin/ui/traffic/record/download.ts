/** How long a browser may take to begin. */
const KEPT_MS = 60_000;

/** Saves a text as a file. @param name from `fileName`, safe on every system */
export function download(name: string, type: 'application/json' | 'text/plain', text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
