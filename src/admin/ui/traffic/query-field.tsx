import type { JSX, RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plainText } from '../parts/shown-text.ts';
import { type QueryFault, queryFault } from './query-check.ts';
import { completionAt, type KnownValues, type Suggestion } from './query-completion.ts';
import { QueryHelp } from './query-help.tsx';
import { recentQueries, rememberQuery } from './query-history.ts';

/** How long a pause in typing is before what is wrong is told. */
const PAUSE_MS = 400;
const LIST_ID = 'query-suggestions';
const FAULT_ID = 'query-fault';

interface Offer {
  readonly from: number;
  readonly to: number;
  readonly suggestions: readonly Suggestion[];
  /** Recent queries, which stand for the whole. */
  readonly isHistory: boolean;
}

/** The query: completed and checked as it is typed, asked for with Enter. A query that cannot be read is never asked for. */
export function QueryField({
  query,
  known,
  input,
  onQuery,
}: {
  query: string;
  known: KnownValues;
  /** For who wants to put the focus there. */
  input: RefObject<HTMLInputElement | null>;
  onQuery: (query: string) => void;
}): JSX.Element {
  const [text, setText] = useState(query);
  const [fault, setFault] = useState<QueryFault | null>(() => queryFault(query));
  const [offer, setOffer] = useState<Offer | null>(null);
  const [chosen, setChosen] = useState(-1);
  const [isHelpShown, setHelpShown] = useState(false);

  useEffect(() => {
    setText(query);
    setFault(queryFault(query));
  }, [query]);
  useEffect(() => {
    const timer = setTimeout(() => setFault(queryFault(text)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const close = (): void => {
    setOffer(null);
    setChosen(-1);
  };
  const suggest = (value: string, caret: number): void => {
    setChosen(-1);
    if (value.trim() === '') {
      const recent = recentQueries(localStorage).map((asked) => ({
        text: asked,
        meaning: 'asked before',
        isOpen: false,
      }));
      const { suggestions } = completionAt('', 0, known);
      setOffer({
        from: 0,
        to: value.length,
        suggestions: [...recent.slice(0, 6), ...suggestions],
        isHistory: true,
      });
      return;
    }
    const completion = completionAt(value, caret, known);
    setOffer(completion.suggestions.length === 0 ? null : { ...completion, isHistory: false });
  };
  const apply = (value: string): void => {
    close();
    const found = queryFault(value);
    setFault(found);
    if (found !== null) {
      input.current!.setSelectionRange(found.at, found.at + 1);
      return;
    }
    rememberQuery(localStorage, value);
    onQuery(value.trim());
  };
  const take = ({ text: put, isOpen }: Suggestion): void => {
    const { from, to } = offer!;
    const rest = text.slice(to);
    const end = isOpen || /^\s/.test(rest) ? '' : ' ';
    const value = `${text.slice(0, from)}${put}${end}${rest}`;
    const caret = from + put.length + end.length;
    // At once, and not when it is drawn: who types on may be quicker.
    const element = input.current!;
    element.value = value;
    element.focus();
    element.setSelectionRange(caret, caret);
    setText(value);
    if (isOpen) suggest(value, caret);
    else close();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const count = offer?.suggestions.length ?? 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (offer === null) suggest(text, input.current!.selectionStart ?? text.length);
      else if (count > 0) {
        const next = event.key === 'ArrowDown' ? chosen + 1 : chosen < 0 ? count - 1 : chosen - 1;
        setChosen(next >= count ? -1 : next);
      }
    } else if (event.key === 'Tab' && !event.shiftKey && count > 0 && (chosen >= 0 || !offer!.isHistory)) {
      event.preventDefault();
      take(offer!.suggestions[Math.max(0, chosen)]!);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (chosen >= 0) take(offer!.suggestions[chosen]!);
      else apply(text);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (offer !== null) close();
      else {
        setText(query);
        input.current!.blur();
      }
    }
  };
  useEffect(() => {
    document.getElementById(`${LIST_ID}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  return (
    <div class="query" role="search">
      <div class="query-field">
        <input
          ref={input}
          class="field query-input"
          type="text"
          role="combobox"
          aria-label="Query"
          aria-expanded={offer !== null}
          aria-controls={LIST_ID}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `${LIST_ID}-${chosen}` : undefined}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : FAULT_ID}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="Search: status>=500 path:/api/* duration>250ms   ( / )"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            suggest(event.currentTarget.value, event.currentTarget.selectionStart ?? 0);
          }}
          onClick={(event) => suggest(text, event.currentTarget.selectionStart ?? 0)}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
        {text !== '' && (
          <button
            type="button"
            class="button button-plain query-clear"
            aria-label="Clear the query"
            title="Clear the query"
            onClick={() => {
              setText('');
              apply('');
            }}
          >
            ×
          </button>
        )}
        <button
          type="button"
          class="button button-plain query-help"
          aria-label="Help: query language"
          title="Help: query language"
          onClick={() => setHelpShown(true)}
        >
          ?
        </button>
      </div>
      <ul
        id={LIST_ID}
        class="query-suggestions"
        role="listbox"
        aria-label="Suggestions"
        hidden={offer === null}
      >
        {offer?.suggestions.map(({ text: put, meaning, isOpen }, index) => (
          <li
            key={`${index} ${put}`}
            id={`${LIST_ID}-${index}`}
            role="option"
            class="query-suggestion"
            aria-selected={index === chosen}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take({ text: put, meaning, isOpen })}
          >
            <span class="query-suggestion-text">
              <bdi>{plainText(put, 200)}</bdi>
            </span>
            <span class="query-suggestion-meaning">{meaning}</span>
          </li>
        ))}
      </ul>
      {fault !== null && (
        <p id={FAULT_ID} class="query-fault" role="alert">
          <span class="query-fault-text" aria-hidden="true">
            {text.slice(0, fault.at)}
            <mark>{text.slice(fault.at, fault.at + 1) || ' '}</mark>
            {text.slice(fault.at + 1)}
          </span>
          <span>
            {plainText(fault.message, 300)}, at character {fault.at + 1}
          </span>
        </p>
      )}
      {isHelpShown && (
        <QueryHelp
          onClose={() => setHelpShown(false)}
          onTake={(example) => {
            setHelpShown(false);
            setText(example);
            apply(example);
          }}
        />
      )}
    </div>
  );
}
