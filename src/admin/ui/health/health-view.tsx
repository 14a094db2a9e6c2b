import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { HealthView as View } from '../../api/health/health-view.ts';
import { connection } from '../api/connection.ts';
import { Failure, Loading } from '../parts/states.tsx';
import { formatClockSeconds } from '../parts/format.ts';
import { useHealth } from './health-feed.ts';
import { Meter } from './meter.tsx';
import { HistoryPlot } from './history-plot.tsx';
import { fittingWindow, lineOf, type PlotLine, WINDOW_MINUTES, type WindowMinutes } from './plot-data.ts';
import { SinkCard } from './sink-card.tsx';
import { spoolInWords } from './spool-in-words.ts';
import { ThreadTable } from './thread-table.tsx';
import { tilesOf } from './tiles.ts';
import { BYTES, COUNT, MILLISECONDS, RATE, SECONDS } from './units.ts';
import { verdict } from './verdict.ts';
import { VerdictBanner } from './verdict-banner.tsx';
import '../style/health.css';

const PLOT_HEIGHT = 150;
const NO_SAMPLES = 'No samples yet: one is taken every five seconds.';
const NO_REQUESTS = 'No request in this time.';

/** The tab Health: is all well, were records lost, who does not take them, how long can it go on so. */
export function HealthView(): JSX.Element {
  const { view, error, retry } = useHealth();
  const [chosen, choose] = useState<WindowMinutes | null>(null);
  if (view === null)
    return error === null ? (
      <Loading what="health" />
    ) : (
      <Failure title="The gateway does not tell how it is" error={error} onRetry={retry} />
    );
  const { history, sinks, spool, threads } = view;
  const { timesMs } = history;
  const minutes = chosen ?? fittingWindow(timesMs);
  const isStale = error !== null || connection.state.value.kind === 'lost';
  const shared = { timesMs, minutes, height: PLOT_HEIGHT };
  return (
    <div class="health" data-is-stale={isStale}>
      <h1 class="only-for-readers">Health</h1>
      <VerdictBanner findings={verdict(view)} asOf={isStale ? formatClockSeconds(view.nowMs) : null} />
      <div class="health-bar">
        <Tiles view={view} />
        <WindowChoice minutes={minutes} onChoose={choose} />
      </div>
      {sinks.length > 0 && (
        <section aria-label="Sinks" class="health-sinks">
          {sinks.map((sink) => (
            <SinkCard key={sink.name} sink={sink} view={view} minutes={minutes} />
          ))}
        </section>
      )}
      <section aria-label="Traffic" class="health-plots">
        <HistoryPlot {...shared} title="Requests" lines={requestLines(view)} nothing={nothingOf(view)} />
        <HistoryPlot {...shared} title="Latency" lines={latencyLines(view)} nothing={nothingOf(view)} />
      </section>
      <section aria-label="Spool and memory" class="health-plots">
        {spool !== null && (
          <div class="health-card">
            <Meter
              title="Spool"
              used={spool.usedBytes}
              limit={spool.limitBytes}
              mark={{
                at: spool.giveUpBytes / spool.limitBytes,
                meaning: 'From here on the oldest records are given up for sinks that lag',
              }}
            >
              {spoolInWords(view)}
            </Meter>
            <HistoryPlot
              {...shared}
              title="Spool on disk"
              lines={[
                lineOf(
                  history,
                  { name: 'spoolBytes' },
                  { title: 'used', unit: BYTES, index: 0, colour: 2, isFilled: true },
                ),
              ]}
              nothing={NO_SAMPLES}
            />
          </div>
        )}
        <div class="health-card">
          <Meter
            title="Bodies in capture"
            used={view.memory.captureUsedBytes}
            limit={view.memory.captureLimitBytes}
          />
          <Meter
            title="Records on their way to sinks"
            used={view.memory.deliveryUsedBytes}
            limit={view.memory.deliveryLimitBytes}
          />
          <HistoryPlot
            {...shared}
            title="Memory"
            lines={[
              lineOf(history, { name: 'rssBytes' }, { title: 'resident', unit: BYTES, index: 0, colour: 2 }),
              lineOf(history, { name: 'heapBytes' }, { title: 'heaps', unit: BYTES, index: 1, colour: 5 }),
              lineOf(
                history,
                { name: 'captureBytes' },
                { title: 'bodies in capture', unit: BYTES, index: 2, colour: 1 },
              ),
            ]}
            nothing={NO_SAMPLES}
          />
        </div>
      </section>
      <section aria-label="Threads" class="health-plots">
        <HistoryPlot
          {...shared}
          title="Event-loop delay (p99)"
          lines={threads.map(({ name }, index) =>
            lineOf(history, { name: 'loopDelaySeconds', of: name }, { title: name, unit: SECONDS, index }),
          )}
          nothing={NO_SAMPLES}
        />
        <HistoryPlot
          {...shared}
          title="Open connections"
          lines={threads
            .slice(1)
            .map(({ name }, index) =>
              lineOf(
                history,
                { name: 'connections', of: name },
                { title: name, unit: COUNT, index: index + 1 },
              ),
            )}
          nothing={NO_SAMPLES}
        />
        <ThreadTable threads={threads} />
      </section>
    </div>
  );
}

function Tiles({ view }: { view: View }): JSX.Element {
  return (
    <dl class="health-tiles">
      {tilesOf(view).map(({ title, value, more, isBad }) => (
        <div key={title} class={`health-tile ${isBad ? 'health-tile-bad' : ''}`}>
          <dt>{title}</dt>
          <dd>
            <b>{value}</b>
            <span class="muted">{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function WindowChoice({
  minutes,
  onChoose,
}: {
  minutes: WindowMinutes;
  onChoose: (minutes: WindowMinutes) => void;
}): JSX.Element {
  return (
    <div class="health-window ranges" role="group" aria-label="Time that the plots show">
      {WINDOW_MINUTES.map((one) => (
        <button
          key={one}
          type="button"
          class="button"
          aria-pressed={one === minutes}
          onClick={() => onChoose(one)}
        >
          {one === 60 ? '1 h' : `${one} min`}
        </button>
      ))}
    </div>
  );
}

function requestLines({ history }: View): readonly PlotLine[] {
  return [
    lineOf(
      history,
      { name: 'requestRate' },
      { title: 'all', unit: RATE, index: 0, colour: 1, isFilled: true },
    ),
    lineOf(history, { name: 'clientErrorRate' }, { title: '4xx', unit: RATE, index: 1, colour: 3 }),
    lineOf(history, { name: 'errorRate' }, { title: '5xx and failures', unit: RATE, index: 2, colour: 4 }),
  ];
}

function latencyLines({ history }: View): readonly PlotLine[] {
  return [
    lineOf(history, { name: 'latencyP50' }, { title: 'p50', unit: MILLISECONDS, index: 0, colour: 1 }),
    lineOf(history, { name: 'latencyP95' }, { title: 'p95', unit: MILLISECONDS, index: 1, colour: 2 }),
    lineOf(history, { name: 'latencyP99' }, { title: 'p99', unit: MILLISECONDS, index: 2, colour: 5 }),
  ];
}

function nothingOf({ recording, history }: View): string {
  if (recording === 'none')
    return 'Requests are not counted: this script makes no records (it does not use audit).';
  if (recording === 'off') return 'Requests are not counted: capture is off (--capture=off).';
  return history.timesMs.length < 2 ? NO_SAMPLES : NO_REQUESTS;
}
