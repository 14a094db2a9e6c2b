import { history } from '@codemirror/commands';
import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { codeExtensions } from './code-extensions.ts';

/** Two texts side by side: theirs, which cannot be changed, and mine, which can. */
export interface Merge {
  /** My side as it is now. */
  text(): string;
  close(): void;
}

/** Opens a comparison in an element; a button between the sides takes a change of theirs over to mine. */
export function openMerge(parent: HTMLElement, path: string, theirs: string, mine: string): Merge {
  const common = codeExtensions(path);
  const named = (name: string): ReturnType<typeof EditorView.contentAttributes.of> =>
    EditorView.contentAttributes.of({ 'aria-label': name });
  const view = new MergeView({
    parent,
    a: {
      doc: theirs,
      extensions: [common, EditorState.readOnly.of(true), named(`${path} as the gateway has it`)],
    },
    b: { doc: mine, extensions: [common, history(), named(`${path} as you have it; it can be edited`)] },
    revertControls: 'a-to-b',
    highlightChanges: true,
    gutter: true,
    collapseUnchanged: { margin: 4, minSize: 8 },
    renderRevertControl: () => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'conflict-take';
      button.textContent = '→';
      button.title = 'Take this change over into my text';
      button.setAttribute('aria-label', button.title);
      return button;
    },
  });
  return { text: () => view.b.state.doc.toString(), close: () => view.destroy() };
}
