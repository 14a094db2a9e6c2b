import type { JSX } from 'preact';
import type { HealthView, SinkView } from '../../api/health/health-view.ts';
import { formatBytes, formatClockSeconds, formatCount } from '../parts/format.ts';
import { Shown } from '../parts/shown.tsx';
import { HistoryPlot } from './history-plot.tsx';
import { lineOf } from './plot-data.ts';
import { latestOf } from './series-of.ts';
import { RATE, WAITING_BYTES } from './units.ts';
import type { Tone } from './verdict.ts';
import { formatRate, formatSpan, stateInWords } from './wording.ts';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', note: 'i', warning: '!', alarm: '✕' };
const PLOT_HEIGHT = 92;

/** One sink: what it does, what it has taken and what waits for it, and how that went. */
export function SinkCard({
  sink,
  view,
  minutes,
}: {
  sink: SinkView;
  view: HealthView;
  minutes: number;
}): JSX.Element {
  const { name, state, reason, lastError, waitingBytes, lagSeconds } = sink;
  const { history } = view;
  const tone = toneOf(sink);
  const rate = latestOf(history, 'deliveredRate', name);
  return (
    <article class="health-card" data-tone={tone} aria-label={`Sink ${name}`}>
      <header class="health-card-head">
        <span class="health-sign" data-tone={tone} aria-hidden="true">
          {SIGNS[tone]}
        </span>
        <h2>{name}</h2>
        <span class="health-card-state">
          {stateInWords(state)}
          {sink.troubleSinceMs !== null && `, since ${formatClockSeconds(sink.troubleSinceMs)}`}
        </span>
      </header>
      {reason !== null && (
        <p class="health-card-reason">
          <Shown text={reason} maxLength={400} />
        </p>
      )}
      <dl class="health-facts">
        <Fact
          title="Delivered"
          value={formatCount(sink.delivered)}
          more={rate === null ? '' : `${formatRate(rate)}/s`}
        />
        <Fact
          title="Waiting"
          value={formatBytes(waitingBytes)}
          more={waitingBytes === 0 ? '' : `oldest ${formatSpan(lagSeconds)}`}
        />
        <Fact title="Retried" value={formatCount(sink.retried)} />
        <Fact title="Dead letters" value={formatCount(sink.deadLetters)} isBad={sink.deadLetters > 0} />
        {sink.duplicates > 0 && <Fact title="Duplicates" value={formatCount(sink.duplicates)} />}
        {sink.diverted > 0 && <Fact title="Put aside" value={formatCount(sink.diverted)} isBad />}
        {sink.rejected > 0 && <Fact title="Rejected" value={formatCount(sink.rejected)} isBad />}
        {sink.givenUp > 0 && <Fact title="Given up" value={formatCount(sink.givenUp)} isBad />}
      </dl>
      <HistoryPlot
        title="Waiting and delivered"
        timesMs={history.timesMs}
        lines={[
          lineOf(
            history,
            { name: 'pendingBytes', of: name },
            { title: 'waiting', unit: WAITING_BYTES, index: 0, colour: 2, isFilled: true },
          ),
          lineOf(
            history,
            { name: 'deliveredRate', of: name },
            { title: 'delivered', unit: RATE, index: 1, colour: 1 },
          ),
        ]}
        minutes={minutes}
        height={PLOT_HEIGHT}
        nothing="No samples yet: one is taken every five seconds."
      />
      {lastError !== null && lastError.message !== reason && (
        <p class="health-card-last muted">
          Last error, {formatClockSeconds(lastError.atMs)}: <Shown text={lastError.message} maxLength={300} />
        </p>
      )}
    </article>
  );
}

function Fact({
  title,
  value,
  more = '',
  isBad = false,
}: {
  title: string;
  value: string;
  more?: string;
  isBad?: boolean;
}): JSX.Element {
  return (
    <div class={isBad ? 'health-fact-bad' : undefined}>
      <dt>{title}</dt>
      <dd>
        {value} {more !== '' && <span class="muted">{more}</span>}
      </dd>
    </div>
  );
}

function toneOf({
  state,
  isStarting,
  troubleSinceMs,
  waitingBytes,
  lagSeconds,
  deadLetters,
  givenUp,
  rejected,
}: SinkView): Tone {
  if (isStarting || state === 'stopped') return 'note';
  if (troubleSinceMs !== null) return 'alarm';
  return (waitingBytes > 0 && lagSeconds >= 15) || deadLetters + givenUp + rejected > 0 ? 'warning' : 'good';
}
