import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Failure, Loading } from '../parts/states.tsx';
import type { CodeEditor } from './code-editor.ts';
import { change, openFileAt, save } from './files.ts';
import type { ScriptProblem } from '../../../script/read-script.ts';
import { jump } from './show-source.ts';

/** The editor is large: it is loaded when it is first opened. */
type CodeModule = typeof import('./code-editor.ts');
let loading: Promise<CodeModule> | null = null;

export function loadCode(): Promise<CodeModule> {
  return (loading ??= import('./code-editor.ts').catch((error: unknown) => {
    loading = null;
    throw error;
  }));
}

/** The text of a file, to be edited. */
export function CodePane({
  path,
  text,
  problems,
}: {
  path: string;
  text: string;
  problems: readonly ScriptProblem[];
}): JSX.Element {
  const parent = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  const [error, setError] = useState<unknown>(null);
  const current = useRef(path);
  current.current = path;
  useEffect(() => {
    if (error !== null) return;
    let isClosed = false;
    let opened: CodeEditor | null = null;
    loadCode().then(
      ({ openCodeEditor }) => {
        if (isClosed) return;
        opened = openCodeEditor({
          parent: parent.current!,
          onChange: (changed, next) => change(changed, { kind: 'edited', text: next }),
          onSave: () => void save(current.current),
        });
        setEditor(opened);
      },
      (reason: unknown) => setError(reason),
    );
    return () => {
      isClosed = true;
      opened?.close();
    };
  }, [error]);
  // Of now, not of when this was drawn: who types fast is ahead of what is drawn.
  useEffect(() => editor?.show(path, openFileAt(path)?.text ?? text), [editor, path, text]);
  useEffect(() => editor?.mark(problems), [editor, path, problems]);
  const wish = jump.value;
  useEffect(() => {
    if (editor === null || wish === null || wish.path !== path) return;
    jump.value = null;
    editor.goTo(wish.line, wish.column);
  }, [editor, wish, path]);
  if (error !== null)
    return <Failure title="The editor could not be loaded" error={error} onRetry={() => setError(null)} />;
  return (
    <div class="code">
      {editor === null && <Loading what="the editor" />}
      <div class="code-parent" ref={parent} />
    </div>
  );
}
