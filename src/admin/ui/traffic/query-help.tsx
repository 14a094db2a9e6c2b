import type { JSX } from 'preact';
import { QUERY_FIELDS } from '../../../store/query.ts';
import { Dialog } from '../parts/dialog.tsx';

/** What the language can do, by examples that can be taken. */
const QUERY_EXAMPLES: readonly (readonly [string, string])[] = [
  ['status>=500', 'The application or the gateway failed'],
  ['duration>250ms', 'Slow answers'],
  ['method:POST path:/api/*', 'Terms beside each other must all hold; * stands for any text'],
  ['(status:404 or status:410) -host:internal.*', 'Either of two, but not from some hosts'],
  ['body:"card declined"', 'Words in the body of the request or of the answer'],
  ['header.accept:*json*', 'A header by its name'],
  ['-kind:exchange', 'Whatever is no plain exchange: refusals, tunnels, broken ones, gaps'],
  ['kind:gap', 'Where records are missing'],
  ['error:*', 'All that ended with an error'],
  ['needle', 'A word anywhere: path, headers, bodies'],
];

/** Explains the query language in place. */
export function QueryHelp({
  onClose,
  onTake,
}: {
  onClose: () => void;
  onTake: (query: string) => void;
}): JSX.Element {
  return (
    <Dialog title="Query language" onClose={onClose}>
      <p>
        The language of <code>tapline records --query</code>. Terms joined by blanks must all hold; quotes
        hold blanks together; <code>-</code> or <code>not</code> excludes; <code>or</code> and parentheses
        combine.
      </p>
      <h3 class="query-help-title">Examples</h3>
      <ul class="query-examples">
        {QUERY_EXAMPLES.map(([example, meaning]) => (
          <li key={example}>
            <button type="button" class="button query-example" onClick={() => onTake(example)}>
              {example}
            </button>
            <span class="muted">{meaning}</span>
          </li>
        ))}
      </ul>
      <h3 class="query-help-title">Fields</h3>
      <dl class="query-fields">
        {Object.entries(QUERY_FIELDS).map(([name, { meaning, type }]) => (
          <div key={name}>
            <dt>
              <code>
                {name}
                {type === 'text' || type === 'words' ? ':' : '>='}
              </code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
        <div>
          <dt>
            <code>header.name:</code>
          </dt>
          <dd>a header of the request or of the answer</dd>
        </div>
      </dl>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
