import type { JSX } from 'preact';

/** Tabs within a view, by arrows and clicks. The panel has `id={panelId}` and `role="tabpanel"`. */
export function TabList<T extends string>({
  label,
  tabs,
  selected,
  panelId,
  onSelect,
}: {
  label: string;
  tabs: readonly { readonly id: T; readonly title: string }[];
  selected: T;
  panelId: string;
  onSelect: (id: T) => void;
}): JSX.Element {
  const step = (by: number, list: HTMLElement): void => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = (at + by + tabs.length) % tabs.length;
    onSelect(tabs[next]!.id);
    (list.children[next] as HTMLElement).focus();
  };
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
        event.preventDefault();
        event.stopPropagation();
        step(event.key === 'ArrowRight' ? 1 : -1, event.currentTarget);
      }}
    >
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          class="tabs-tab"
          aria-selected={id === selected}
          aria-controls={panelId}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
