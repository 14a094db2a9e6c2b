import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Something that a menu does. */
export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  /** Why it cannot be done now; null where it can. */
  readonly whyNot?: string | null;
}

/** A button with a menu, by mouse and by keys: arrows, Home, End, Enter, Escape (WAI-ARIA menu button). */
export function MenuButton({ label, items }: { label: string; items: readonly MenuItem[] }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = (): HTMLElement[] => [
    ...(box.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? []),
  ];
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  // Before the next key is read.
  useLayoutEffect(() => {
    if (!isOpen) return;
    entries()[0]?.focus();
    const onPointerDown = (event: PointerEvent): void => {
      if (!box.current!.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', onPointerDown);
    return () => removeEventListener('pointerdown', onPointerDown);
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isOpen) {
      if (event.key !== 'ArrowDown') return;
      setOpen(true);
    } else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') {
      setOpen(false);
      return;
    } else {
      const all = entries();
      const at = all.indexOf(document.activeElement as HTMLElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) {
        // Letters are no shortcuts of the view while a menu is open.
        event.stopPropagation();
        return;
      }
      all[(to + all.length) % all.length]!.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" ref={box} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {label} <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div class="menu-list" role="menu" aria-label={label}>
          {items.map(({ label: name, run, whyNot = null }) => (
            <button
              key={name}
              type="button"
              role="menuitem"
              class="menu-item"
              tabIndex={-1}
              aria-disabled={whyNot !== null}
              title={whyNot ?? undefined}
              onClick={() => {
                if (whyNot !== null) return;
                close();
                run();
              }}
            >
              {name}
              {whyNot !== null && <span class="menu-why">{whyNot}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
