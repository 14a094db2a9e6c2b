/** How long a browser may take to begin. */
const KEPT_MS = 60_000;

/** Saves a text as a file. @param name from `fileName`, safe on every system */
export function download(name: string, type: 'application/json' | 'text/plain', text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  followLink(address, name);
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** Downloads what is at an address. @param name empty where the answer names it */
export function followLink(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
