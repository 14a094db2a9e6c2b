import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import { hoverTooltip, type Tooltip } from '@codemirror/view';
import { requestJson } from '../api/request.ts';
import { completionPlace, declaredNames, wordPlace } from './completion-context.ts';
import { type Word, wordNamed, wordsAt } from './language-words.ts';
import type { DescribedLanguage } from '../../../script/describe-language.ts';

let asked: Promise<DescribedLanguage | null> | null = null;

/** What scripts are written in; asked once. Null while the gateway does not tell: nothing is completed then. */
function language(): Promise<DescribedLanguage | null> {
  return (asked ??= requestJson<DescribedLanguage>('/api/language').catch(() => {
    asked = null;
    return null;
  }));
}

/** What CodeMirror completes in a script. */
export async function sourceOfLanguage(context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const text = state.doc.toString();
  const tree = syntaxTree(state);
  const place = completionPlace(tree, text, pos);
  if (place === null) return null;
  // Where nothing was begun, nobody wants to be told everything.
  if (place.kind === 'name' && place.from === pos && !explicit) return null;
  const known = await language();
  if (known === null) return null;
  const words = wordsAt(place, known, declaredNames(tree, text));
  if (words.length === 0) return null;
  return {
    from: place.from,
    options: words.map((word, index) => completionOf(word, words.length - index)),
    validFor: place.kind === 'pipeline' ? /^[^'"]*$/ : /^[\w$]*$/,
  };
}

/** The signature and summary of the word under the pointer. */
export const hoverOfLanguage = hoverTooltip(async ({ state }, at): Promise<Tooltip | null> => {
  const found = wordAt(state, at);
  const known = found === null ? null : await language();
  if (found === null || known === null) return null;
  const { name, place, from, to, text } = found;
  const word = wordNamed(name, place, known, declaredNames(syntaxTree(state), text));
  if (word === null) return null;
  return { pos: from, end: to, above: true, create: () => ({ dom: infoOf(word, true) }) };
});

function wordAt(
  state: EditorState,
  at: number,
): (NonNullable<ReturnType<typeof wordPlace>> & { name: string; text: string }) | null {
  const text = state.doc.toString();
  const found = wordPlace(syntaxTree(state), text, at);
  return found === null ? null : { ...found, name: text.slice(found.from, found.to), text };
}

const TYPES = { text: 'text', namespace: 'namespace', keyword: 'keyword' } as const;

function completionOf(word: Word, rank: number): Completion {
  return {
    label: word.label,
    type: TYPES[word.kind as keyof typeof TYPES] ?? word.kind,
    detail: word.signature === word.label ? '' : detailOf(word),
    info: () => infoOf(word, false),
    apply: word.insert ?? word.label,
    // Variables before objects before names of JavaScript, where the match is equally good.
    boost: Math.min(99, Math.max(-99, rank - 50)),
  };
}

/** What stands behind the name: its arguments. */
function detailOf({ label, signature }: Word): string {
  const rest = signature.startsWith(label) ? signature.slice(label.length) : ` ${signature}`;
  return rest.length > 60 ? `${rest.slice(0, 59)}…` : rest;
}

function infoOf({ signature, summary, details }: Word, isWhole: boolean): HTMLElement {
  const box = document.createElement('div');
  box.className = isWhole ? 'code-info code-info-hover' : 'code-info';
  const add = (tag: string, text: string): void => {
    if (text === '') return;
    const element = document.createElement(tag);
    element.textContent = text;
    box.append(element);
  };
  add('code', signature);
  add('p', summary);
  for (const detail of details) add('small', detail);
  return box;
}
