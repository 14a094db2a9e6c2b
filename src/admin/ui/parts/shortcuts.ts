import { useEffect } from 'preact/hooks';

/** Keys of a view: what they are called, what they do. `keys` as `KeyboardEvent.key` names them. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly meaning: string;
  readonly run: (event: KeyboardEvent) => void;
  /** False: not now, and not where the focus is; the key does what it does without us. */
  readonly when?: (event: KeyboardEvent) => boolean;
}

const active = new Set<readonly Shortcut[]>();

/** The shortcuts of all views that are shown, for the help. */
export function activeShortcuts(): readonly Shortcut[] {
  return [...active].flat();
}

/** Makes keys work while the view is shown, but not while somebody types, nor in a dialog. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    active.add(shortcuts);
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      const found = shortcuts.find(
        ({ keys, when }) => keys.includes(event.key) && (when === undefined || when(event)),
      );
      if (found === undefined) return;
      event.preventDefault();
      found.run(event);
    };
    addEventListener('keydown', onKeyDown);
    return () => {
      active.delete(shortcuts);
      removeEventListener('keydown', onKeyDown);
    };
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable], dialog, .cm-editor') !== null
  );
}
