import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Shown } from '../parts/shown.tsx';
import { type Finding, type Tone, worstTone } from './verdict.ts';

const MARKS: Readonly<Record<Tone, { readonly sign: string; readonly word: string }>> = {
  good: { sign: '✓', word: 'Well' },
  note: { sign: 'i', word: 'Note' },
  warning: { sign: '!', word: 'Warning' },
  alarm: { sign: '✕', word: 'Alarm' },
};
/** More are shown when they are asked for: the plots stay in sight. */
const SHOWN_AT_FIRST = 3;

/** What the headline says first stands out; figures and reasons after it do not. */
function Said({ text, gist, isFirst }: { text: string; gist: string; isFirst: boolean }): JSX.Element {
  const head = gist.slice(0, -1);
  if (!isFirst || !text.startsWith(head)) return <Shown text={text} />;
  return (
    <>
      <b>
        <Shown text={head} />
      </b>
      <Shown text={text.slice(head.length)} />
    </>
  );
}

/** What is to be said, the worst first. @param lostSinceMs the gateway has not answered since; null while it does */
export function VerdictBanner({
  findings,
  asOf,
}: {
  findings: readonly Finding[];
  /** When it was so, where it may be other now; null while the gateway answers. */
  asOf: string | null;
}): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? findings : findings.slice(0, SHOWN_AT_FIRST);
  const rest = findings.length - shown.length;
  return (
    <section class="health-verdict" data-tone={worstTone(findings)} aria-label="Verdict">
      <ul>
        {shown.map(({ tone, text, gist }, index) => (
          <li key={text} class={index === 0 ? 'health-verdict-first' : undefined} data-tone={tone}>
            <span class="health-sign" data-tone={tone} title={MARKS[tone].word}>
              <span aria-hidden="true">{MARKS[tone].sign}</span>
              <span class="only-for-readers">{MARKS[tone].word}: </span>
            </span>
            <span>
              {index === 0 && asOf !== null && <b>As of {asOf}: </b>}
              <Said text={text} gist={gist} isFirst={index === 0} />
            </span>
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" class="button button-plain" onClick={() => setWhole(true)}>
          {rest} more
        </button>
      )}
      {/* Without figures, so that it is said when something changes and not every other second. */}
      <p class="only-for-readers" role="status">
        {findings
          .filter(({ tone }) => tone !== 'good')
          .map(({ gist }) => gist)
          .join(' ') || findings[0]!.gist}
      </p>
    </section>
  );
}
