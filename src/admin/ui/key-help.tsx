import type { JSX } from 'preact';
import { Dialog } from './parts/dialog.tsx';
import { activeShortcuts } from './parts/shortcuts.ts';

const SHOWN_KEYS: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ' ': 'Space',
  Escape: 'Esc',
};

/** What the keys do in the views that are shown. */
export function KeyHelp({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <table class="shell-keys">
        <tbody>
          {activeShortcuts().map(({ keys, meaning }) => (
            <tr key={meaning}>
              <td>
                {keys.map((key) => (
                  <kbd key={key}>{SHOWN_KEYS[key] ?? key}</kbd>
                ))}
              </td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
