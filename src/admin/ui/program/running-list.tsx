import type { JSX } from 'preact';
import { plainText } from '../parts/shown-text.ts';
import type { Chart } from './flow-chart-model.ts';

export interface RunningModule {
  readonly file: string;
  readonly charts: readonly Chart[];
  /** It is too large to be shown whole. */
  readonly isCut: boolean;
}

/** The modules of what runs, each with what begins in it. */
export function RunningList({
  modules,
  file,
  pipeline,
  onSelect,
}: {
  modules: readonly RunningModule[];
  /** The selected one. */
  file: string;
  pipeline: string | null;
  onSelect: (file: string, pipeline: string | null) => void;
}): JSX.Element {
  return (
    <nav class="program-list" aria-label="Modules and pipelines">
      {modules.map((module) => (
        <ul key={module.file}>
          <li>
            <button
              type="button"
              class="program-row program-row-module"
              aria-current={module.file === file && pipeline === null ? 'true' : undefined}
              title={`All of ${module.file}`}
              onClick={() => onSelect(module.file, null)}
            >
              {plainText(module.file)}
            </button>
          </li>
          {module.charts.map(({ root, title, boxes }) => (
            <li key={root}>
              <button
                type="button"
                class="program-row program-row-inner"
                aria-current={module.file === file && pipeline === title ? 'true' : undefined}
                onClick={() => onSelect(module.file, title)}
              >
                <span class="program-row-kind">{KIND_WORDS[boxes[0]!.entry ?? 'named']}</span>
                {plainText(title)}
              </button>
            </li>
          ))}
          {module.isCut && <li class="program-row muted">More pipelines than can be shown.</li>}
        </ul>
      ))}
    </nav>
  );
}

const KIND_WORDS = { listen: 'port', task: 'task', named: 'pipeline' } as const;
