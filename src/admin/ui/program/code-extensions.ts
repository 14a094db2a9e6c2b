import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, type Transaction } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { CODE_THEME } from './code-theme.ts';

/** What an editor of a file has, whether it can be typed in or is only compared. */
export function codeExtensions(path: string): Extension {
  return [
    styleNonce(),
    typedOverSelection,
    // Said, though it can be edited: not every checker takes that for a place that Tab comes to.
    EditorView.contentAttributes.of({ tabindex: '0' }),
    CODE_THEME,
    languageOf(path),
    lineNumbers(),
    foldGutter(),
    codeFolding(),
    highlightSpecialChars(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    drawSelection(),
    dropCursor(),
    rectangularSelection(),
    crosshairCursor(),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    EditorState.allowMultipleSelections.of(true),
    search({ top: true }),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...foldKeymap, indentWithTab]),
  ];
}

/**
 * Text that is typed over a selection. Left to itself the browser gives what it inserts the style of what was there, as an attribute, and
 * complains of that under a content-security policy.
 */
const typedOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    const text = event.data;
    if (event.inputType !== 'insertText' || text === null || event.isComposing || main.empty) return false;
    const insert = (): Transaction =>
      view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    const isTaken = view.state
      .facet(EditorView.inputHandler)
      .some((take) => take(view, main.from, main.to, text, insert));
    if (!isTaken) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

/** Lets the editor bring its style sheets under the content-security policy of the page; the very first state must have it. */
export function styleNonce(): Extension {
  return EditorView.cspNonce.of(
    document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '',
  );
}

function languageOf(path: string): Extension {
  if (path.endsWith('.js')) return javascript();
  return path.endsWith('.json') ? json() : [];
}
