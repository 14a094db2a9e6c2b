import { useEffect, useRef, useState } from 'preact/hooks';
import { openings } from './files.ts';
import { type Chart, chartsOf } from './flow-chart-model.ts';
import { checkScript } from './program-api.ts';
import type { ScriptProblem } from '../../../script/read-script.ts';
import { undertaking } from './running-program.ts';

const WAIT_MS = 1000;

/** What is known of a script as it is edited. */
export interface ScriptCheck {
  /** The last charts that could be drawn; null until there are some. */
  readonly charts: readonly Chart[] | null;
  /** The text is wrong, so the charts are of an earlier one. */
  readonly isOld: boolean;
  /** Of the text of now, and of the last start where it failed in this file. */
  readonly problems: readonly ScriptProblem[];
}

const NOTHING: ScriptCheck = { charts: null, isOld: false, problems: [] };

/** Asks the gateway about an open script, a second after each change of it. */
export function useScriptCheck(path: string | null): ScriptCheck {
  const [known, setKnown] = useState<{ path: string | null; check: ScriptCheck }>({ path, check: NOTHING });
  const opening = path?.endsWith('.js') === true ? openings.value.get(path) : undefined;
  const text = opening?.kind === 'open' ? opening.file.text : null;
  const check = known.path === path ? known.check : NOTHING;
  useEffect(() => {
    if (text === null) return;
    const stopped = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const result = await checkScript(text, stopped.signal);
        setKnown((before) => ({ path, check: after(before.path === path ? before.check : NOTHING, result) }));
      } catch {
        // Aborted, or the gateway is gone: then what was known is still the best there is.
      }
    };
    // A file that was just opened need not wait.
    const timer = setTimeout(() => void ask(), check === NOTHING ? 0 : WAIT_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [path, text]);
  const failure = useFailure(path, text);
  const isTold = check.problems.some(
    ({ line, column }) => line === failure?.line && column === failure.column,
  );
  return failure === null || isTold ? check : { ...check, problems: [...check.problems, failure] };
}

function after(before: ScriptCheck, result: Awaited<ReturnType<typeof checkScript>>): ScriptCheck {
  if (result.kind === 'graph')
    return { charts: chartsOf(result.graph), isOld: false, problems: result.problems };
  const { message, line, column } = result.fault;
  return {
    charts: before.charts,
    isOld: true,
    problems: [{ message, line: line ?? 1, column: column ?? 1, severity: 'error' }],
  };
}

/** Where the last start failed, if that is in this file, until the file is changed. */
function useFailure(path: string | null, text: string | null): ScriptProblem | null {
  const { value } = undertaking;
  const seen = useRef({ value, path, text });
  if (seen.current.value !== value || seen.current.path !== path) seen.current = { value, path, text };
  if (value.kind !== 'failed' || value.fault.line === null || seen.current.text !== text) return null;
  const { file, line, column, message } = value.fault;
  if ((file ?? value.path) !== path) return null;
  return { message: `It did not start: ${message}`, line, column: column ?? 1, severity: 'error' };
}
