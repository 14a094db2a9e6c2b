import type { JSX } from 'preact';
import { Shown } from '../../parts/shown.tsx';

/** Something that is known: left out where `text` is null. */
export interface Fact {
  readonly name: string;
  readonly text: string | null;
  /** Where it leads; null for nowhere. Only addresses of http. */
  readonly address?: string | null;
}

/** Names with what is known under them. */
export function FactList({ facts }: { facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="record-facts">
      {facts.map(({ name, text, address = null }) =>
        text === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {address === null ? (
                <Shown text={text} maxLength={2000} />
              ) : (
                <a href={address} target="_blank" rel="noopener noreferrer">
                  <Shown text={text} maxLength={2000} /> ↗
                </a>
              )}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
