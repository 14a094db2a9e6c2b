import type { JSX } from 'preact';
import type { FacetName, FacetValue, RecordSummary } from '../../api/records/record-summary.ts';
import { formatCount } from '../parts/format.ts';
import { plainText } from '../parts/shown-text.ts';
import { Shown } from '../parts/shown.tsx';
import { excluding, hasTerm, termsOf, toggleExclusion, toggleTerm } from './query-terms.ts';

const TITLES: Readonly<Record<FacetName, string>> = {
  status: 'Status',
  method: 'Method',
  host: 'Host',
  path: 'Path',
  kind: 'Kind',
  mark: 'Marks',
};

const STATUS_LEVELS: Readonly<Record<string, string>> = {
  '2xx': 'success',
  '3xx': 'redirect',
  '4xx': 'client-error',
  '5xx': 'server-error',
};

/** What there is among the records that match, with counts; a click narrows the query down to it, or leaves it out. */
export function Facets({
  summary,
  query,
  onQuery,
}: {
  summary: RecordSummary | null;
  query: string;
  onQuery: (query: string) => void;
}): JSX.Element {
  if (summary === null) return <p class="facets-none muted">Counting…</p>;
  if (query === '' && Object.values(summary.facets).every((values) => values.length === 0))
    return <p class="facets-none muted">What can be filtered by is counted here, once there are records.</p>;
  const exclusions = termsOf(query).filter((term) => term.startsWith('-('));
  return (
    <div class="facets">
      {exclusions.length > 0 && (
        <section class="facet">
          <h2 class="facet-title">Left out</h2>
          <ul>
            {exclusions.map((term) => (
              <li key={term}>
                <button
                  type="button"
                  class="facet-value facet-value-excluded"
                  title="Show them again"
                  onClick={() => onQuery(toggleTerm(query, term))}
                >
                  <Shown text={term.slice(2, -1)} maxLength={100} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {Object.entries(TITLES).map(([name, title]) => (
        <Facet
          key={name}
          name={name}
          title={title}
          values={summary.facets[name as FacetName]}
          isCut={summary.cutFacets.includes(name as FacetName)}
          query={query}
          onQuery={onQuery}
        />
      ))}
      {!summary.isComplete && summary.oldestMs !== null && (
        <p class="muted facets-note">Counted over the newest records only.</p>
      )}
    </div>
  );
}

function Facet({
  name,
  title,
  values,
  isCut,
  query,
  onQuery,
}: {
  name: string;
  title: string;
  values: readonly FacetValue[];
  isCut: boolean;
  query: string;
  onQuery: (query: string) => void;
}): JSX.Element | null {
  if (values.length === 0) return null;
  const most = Math.max(...values.map(({ count }) => count));
  return (
    <section class="facet">
      <h2 class="facet-title" title={isCut ? 'There are more values than are counted' : undefined}>
        {title}
        {isCut && ', at least'}
      </h2>
      <ul>
        {values.map(({ value, count, query: term }) => {
          const isSet = hasTerm(query, term);
          const shown = plainText(value, 200);
          return (
            <li key={value} class="facet-line">
              <button
                type="button"
                class="facet-value"
                aria-pressed={isSet}
                data-level={name === 'status' ? STATUS_LEVELS[value] : undefined}
                title={`${shown}\n${isSet ? 'Click: no longer only these' : 'Click: only these. With Alt: all but these'}`}
                onClick={(event) =>
                  onQuery(event.altKey ? toggleExclusion(query, term) : toggleTerm(query, term))
                }
              >
                <span class="facet-bar" style={{ width: `${(count / most) * 100}%` }} />
                <span class="facet-name">
                  <Shown text={value} maxLength={200} />
                </span>
                <span class="facet-count">{formatCount(count)}</span>
              </button>
              <button
                type="button"
                class="facet-exclude"
                aria-label={`Leave out ${title} ${shown}`}
                title={`Leave out: ${plainText(excluding(term), 200)}`}
                onClick={() => onQuery(toggleExclusion(query, term))}
              >
                −
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
