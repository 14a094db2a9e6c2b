import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { connection } from './api/connection.ts';
import { info, loadInfo } from './api/info.ts';
import { HealthView } from './health/health-view.tsx';
import { KeyHelp } from './key-help.tsx';
import { go, route } from './location.ts';
import { Login } from './login.tsx';
import { useShortcuts } from './parts/shortcuts.ts';
import { Toasts } from './parts/toasts.tsx';
import { turn } from './program/running-program.ts';
import { ProgramView } from './program/program-view.tsx';
import { routeTo, type Tab } from './route.ts';
import { ShellBanner } from './shell-banner.tsx';
import { TrafficView } from './traffic/traffic-view.tsx';
import iconUrl from './icon.svg';

const VIEWS: Readonly<Record<Tab, { readonly title: string; readonly View: () => JSX.Element }>> = {
  traffic: { title: 'Traffic', View: TrafficView },
  health: { title: 'Health', View: HealthView },
  program: { title: 'Program', View: ProgramView },
};

/** With nothing running there is no traffic to look at, but a script to start. */
function openEditorFirst(): void {
  if (location.hash === '' && info.value?.listening.length === 0)
    go(routeTo('program', ['editor']), { isReplacing: true });
}

/** The page: a bar with the tabs, what went wrong with the gateway, and the view. */
export function App(): JSX.Element {
  const [isHelpShown, setHelpShown] = useState(false);
  useShortcuts([{ keys: ['?'], meaning: 'Show this help', run: () => setHelpShown(true) }]);
  const epoch = connection.epoch.value;
  // A program that is started or stopped listens elsewhere.
  const programTurn = turn.value;
  useEffect(() => {
    // What it does not tell is not shown; the banner says that the gateway is gone.
    loadInfo()
      .then(openEditorFirst)
      .catch(() => {});
  }, [epoch, programTurn]);
  useEffect(() => connection.watch(), []);
  const { tab } = route.value;
  const { title, View } = VIEWS[tab];
  useEffect(() => {
    document.title = `${title} · Tapline`;
  }, [title]);
  if (connection.state.value.kind === 'locked') return <Login />;
  const known = info.value;
  return (
    <div class="shell">
      <header class="shell-bar">
        <div class="shell-brand">
          <img src={iconUrl} alt="" />
          <span>Tapline</span>
        </div>
        <nav class="shell-tabs" aria-label="Views">
          {Object.entries(VIEWS).map(([id, view]) => (
            <a
              key={id}
              class="shell-tab"
              href={routeTo(id as Tab)}
              aria-current={id === tab ? 'page' : undefined}
            >
              {view.title}
            </a>
          ))}
        </nav>
        <div class="shell-what">
          {known !== null &&
            known.listening.length > 0 &&
            `${known.listening.join(', ')}${known.upstream === null ? '' : ` → ${known.upstream}`}`}
        </div>
        <button
          type="button"
          class="button button-plain shell-help"
          aria-label="Help: keys"
          title="Help: keys (?)"
          onClick={() => setHelpShown(true)}
        >
          ?
        </button>
      </header>
      <ShellBanner />
      <main class="shell-view" aria-label={title}>
        <View />
      </main>
      {isHelpShown && <KeyHelp onClose={() => setHelpShown(false)} />}
      <Toasts />
    </div>
  );
}
