import type { Shortcut } from '../parts/shortcuts.ts';
import { navigate, trafficPlace } from './navigate.ts';
import type { Reading } from './use-reading.ts';

const PAGE_LINES = 20;

/**
 * The keys of the tab.
 * @param closeDrawer closes what lies over the list; false where nothing does
 */
export function trafficShortcuts(
  reading: Reading,
  focusQuery: () => void,
  closeDrawer: () => boolean,
  focusDetail: () => void,
): readonly Shortcut[] {
  const { move } = reading;
  return [
    { keys: ['/'], meaning: 'Type a query', run: focusQuery },
    { keys: ['j'], meaning: 'The record below', run: () => move(1) },
    { keys: ['k'], meaning: 'The record above', run: () => move(-1) },
    { keys: ['ArrowDown'], meaning: 'The record below, in the list', run: () => move(1), when: isForList },
    { keys: ['ArrowUp'], meaning: 'The record above, in the list', run: () => move(-1), when: isForList },
    { keys: ['PageDown'], meaning: 'Twenty records down', run: () => move(PAGE_LINES), when: isForList },
    { keys: ['PageUp'], meaning: 'Twenty records up', run: () => move(-PAGE_LINES), when: isForList },
    { keys: ['Home'], meaning: 'The newest record', run: () => move(-Infinity), when: isForList },
    {
      keys: ['Enter', ' '],
      meaning: 'Open the record; of an open one: go to it',
      when: (event) => isForList(event) && reading.selected() !== null,
      run: () => {
        const selected = reading.selected()!;
        if (selected.id === trafficPlace().openedId) focusDetail();
        else reading.open(selected);
      },
    },
    {
      keys: ['Escape'],
      meaning: 'Close what is open, the last first, then follow again',
      run: () => {
        const { isComparing, openedId, comparedId } = trafficPlace();
        if (closeDrawer()) return;
        if (isComparing || (comparedId !== null && openedId === null)) navigate({ compare: '' });
        else reading.close();
      },
    },
    { keys: ['f'], meaning: 'Show what is new and follow', run: reading.follow },
    { keys: ['p'], meaning: 'Pause, or go on', run: reading.pause },
    {
      keys: ['c'],
      meaning: 'Mark the record for comparing, or compare with the marked one',
      run: reading.mark,
    },
  ];
}

/** Keys that scroll or press something elsewhere are the list's only in the list. */
function isForList({ target }: KeyboardEvent): boolean {
  return (
    target === document.body ||
    (target instanceof Element &&
      target.closest('.records-list') !== null &&
      target.closest('button') === null)
  );
}
