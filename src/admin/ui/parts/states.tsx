import type { ComponentChildren, JSX } from 'preact';

/** Nothing is here yet, and what to do so that something is. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** It did not work: what is wrong, and a way to try again. */
export function Failure({
  title,
  error,
  onRetry,
}: {
  title: string;
  error: unknown;
  onRetry?: () => void;
}): JSX.Element {
  return (
    <div class="state state-error" role="alert">
      <h2>{title}</h2>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** It is on its way. */
export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <div class="state" role="status">
      Loading {what}…
    </div>
  );
}
