import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { history, historyKeymap } from '@codemirror/commands';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { codeExtensions, styleNonce } from './code-extensions.ts';
import { hoverOfLanguage, sourceOfLanguage } from './language-completion.ts';
import type { ScriptProblem } from '../../../script/read-script.ts';

export { openMerge } from './code-merge.ts';

/** The editor as the view sees it. */
export interface CodeEditor {
  /** Shows a file; what can be undone in it is kept as long as the page is open. */
  show(path: string, text: string): void;
  /** Underlines problems in the file that is shown. */
  mark(problems: readonly ScriptProblem[]): void;
  /** Puts the cursor there; line and column from 1. */
  goTo(line: number, column: number): void;
  focus(): void;
  close(): void;
}

export interface CodeEditorOptions {
  readonly parent: HTMLElement;
  readonly onChange: (path: string, text: string) => void;
  readonly onSave: () => void;
}

/** What an empty script may become. */
const FIRST_SCRIPT = "pipy()\n\n.listen('127.0.0.1:8080')\n  .connect('127.0.0.1:3000')\n";

/** Of each file that was shown: text, cursor, and what can be undone. */
const states = new Map<string, EditorState>();

/** Opens an editor in an element. */
export function openCodeEditor({ parent, onChange, onSave }: CodeEditorOptions): CodeEditor {
  let shown: string | null = null;
  /** The text was put there, not typed. */
  let isPut = false;
  const newState = (path: string, text: string): EditorState =>
    EditorState.create({
      doc: text,
      extensions: [
        codeExtensions(path),
        lintGutter(),
        history(),
        autocompletion({ override: path.endsWith('.js') ? [sourceOfLanguage] : [], icons: false }),
        path.endsWith('.js') ? [hoverOfLanguage, placeholder(FIRST_SCRIPT)] : [],
        keymap.of([
          { key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) },
          ...historyKeymap,
          ...completionKeymap,
        ]),
        EditorView.contentAttributes.of({
          'aria-label': `Source of ${path}. Tab indents; Escape and then Tab leaves the editor.`,
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged && !isPut) onChange(path, state.doc.toString());
        }),
      ],
    });
  const view = new EditorView({ parent, extensions: styleNonce() });
  const keep = (): void => {
    if (shown !== null) states.set(shown, view.state);
  };
  return {
    show(path, text) {
      if (path !== shown) {
        keep();
        shown = path;
        view.setState(withText(states.get(path), text) ?? newState(path, text));
      } else if (view.state.doc.toString() !== text) {
        isPut = true;
        view.dispatch({ changes: changeTo(view.state.doc, text) });
        isPut = false;
      }
    },
    mark(problems) {
      const { doc } = view.state;
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => diagnosticOf(doc, problem)),
        ),
      );
    },
    goTo(line, column) {
      const at = offsetOf(view.state.doc, line, column);
      view.dispatch({
        selection: { anchor: at },
        effects: EditorView.scrollIntoView(at, { y: 'center' }),
      });
      view.focus();
    },
    focus: () => view.focus(),
    close() {
      keep();
      view.destroy();
    },
  };
}

/** A state that was kept, with the text that the file has now. */
function withText(state: EditorState | undefined, text: string): EditorState | undefined {
  if (state === undefined || state.doc.toString() === text) return state;
  return state.update({ changes: changeTo(state.doc, text) }).state;
}

/** What differs, so that the cursor stays where it was. */
function changeTo(doc: Text, text: string): { from: number; to: number; insert: string } {
  const before = doc.toString();
  const shorter = Math.min(before.length, text.length);
  let from = 0;
  while (from < shorter && before[from] === text[from]) from++;
  let same = 0;
  while (same < shorter - from && before.at(-1 - same) === text.at(-1 - same)) same++;
  return { from, to: before.length - same, insert: text.slice(from, text.length - same) };
}

function diagnosticOf(doc: Text, { message, line, column, severity }: ScriptProblem): Diagnostic {
  const from = offsetOf(doc, line, column);
  const { text, to: end } = doc.lineAt(from);
  const word = /^[\w$]+|^\S/.exec(text.slice(from - doc.lineAt(from).from));
  return { from, to: Math.min(end, from + Math.max(1, word?.[0].length ?? 1)), severity, message };
}

/** Where a place is in a text; the nearest where there is no such place any more. */
function offsetOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.max(1, Math.min(doc.lines, line)));
  return Math.max(from, Math.min(to, from + column - 1));
}
