import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { go, route } from '../location.ts';
import { TabList } from '../parts/tab-list.tsx';
import { ConsoleView } from './console-view.tsx';
import { EditorView } from './editor-view.tsx';
import { editedPaths } from './files.ts';
import { addressOf, placeOf, type ProgramPart, type ProgramPlace } from './program-route.ts';
import { loadRunning } from './running-program.ts';
import { RunningView } from './running-view.tsx';

const PARTS = [
  { id: 'running', title: 'Running' },
  { id: 'editor', title: 'Editor' },
  { id: 'console', title: 'Console' },
] as const;

const PANEL_ID = 'program-panel';
const LOOK_MS = 5000;

/** Where each part was left, so that coming back to it is coming back. */
const lastAddresses = new Map<ProgramPart, string>();

/** The tab Program: what runs, its files, and what it says. */
export function ProgramView(): JSX.Element {
  const place = placeOf(route.value);
  const epoch = connection.epoch.value;
  useEffect(() => {
    const look = (): void => {
      // The banner of the page says that the gateway is gone.
      if (!document.hidden) loadRunning().catch(() => {});
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [epoch]);
  useEffect(() => lastAddresses.set(place.part, addressOf(place)) && undefined);
  return (
    <div class="program">
      <h1 class="only-for-readers">Program</h1>
      <TabList
        label="Program"
        tabs={PARTS}
        selected={place.part}
        panelId={PANEL_ID}
        onSelect={(part) => go(lastAddresses.get(part) ?? addressOf(startOf(part)))}
      />
      <div class="program-panel" id={PANEL_ID} role="tabpanel" aria-label={titleOf(place.part)}>
        {place.part === 'running' && <RunningView module={place.module} pipeline={place.pipeline} />}
        {place.part === 'editor' && <EditorView place={place} />}
        {place.part === 'console' && <ConsoleView />}
      </div>
    </div>
  );
}

function startOf(part: ProgramPart): ProgramPlace {
  switch (part) {
    case 'running':
      return { part, module: null, pipeline: null };
    case 'editor':
      return { part, path: null, line: null, column: null };
    case 'console':
      return { part };
  }
}

function titleOf(part: ProgramPart): string {
  return PARTS.find(({ id }) => id === part)!.title;
}

/** The browser asks before it leaves the page with edits that are not saved, whatever view is shown. */
addEventListener('beforeunload', (event) => {
  if (editedPaths().length > 0) event.preventDefault();
});
