import type { JSX } from 'preact';
import { Shown } from '../parts/shown.tsx';
import type { ScriptProblem } from '../../../script/read-script.ts';

/** What is wrong with a script; a click goes there. */
export function ProblemList({
  problems,
  onOpen,
}: {
  problems: readonly ScriptProblem[];
  onOpen: (problem: ScriptProblem) => void;
}): JSX.Element {
  return (
    <div role="status" aria-live="polite" class="problems">
      {problems.length > 0 && (
        <ul aria-label="Problems">
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column} ${problem.message}`}>
              <button
                type="button"
                class={`problem problem-${problem.severity}`}
                onClick={() => onOpen(problem)}
              >
                <span class="problem-severity">{problem.severity}</span>
                <span class="problem-place">
                  {problem.line}:{problem.column}
                </span>
                <Shown text={problem.message} maxLength={500} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
