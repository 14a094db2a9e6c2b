import type { JSX } from 'preact';
import { Empty } from '../parts/states.tsx';
import { FlowChart } from './flow-chart.tsx';
import type { ChartBox } from './flow-chart-model.ts';
import type { ScriptCheck } from './use-script-check.ts';

/** The flow charts of the script as it is edited. */
export function EditedChart({
  path,
  check: { charts, isOld },
  onOpen,
}: {
  path: string | null;
  check: ScriptCheck;
  onOpen: (box: Pick<ChartBox, 'file' | 'line' | 'column'>) => void;
}): JSX.Element {
  if (path === null || !path.endsWith('.js'))
    return (
      <Empty title="No chart">
        <p>The pipelines of a script (.js) are drawn here while you edit it.</p>
      </Empty>
    );
  if (charts === null || charts.length === 0)
    return (
      <Empty title="No pipelines yet">
        <p>
          {isOld
            ? 'The script cannot be read: the problems below the code say where.'
            : 'A script that begins with pipy() and has a .listen(…), .task(…) or .pipeline(…) is drawn here.'}
        </p>
      </Empty>
    );
  return (
    <div class="program-column">
      {isOld && (
        <p class="program-note program-note-warning">
          The script cannot be read as it is now: this is the chart from before the last changes.
        </p>
      )}
      <FlowChart name={`Flow chart of ${path}`} charts={charts} rates={null} onOpen={onOpen} />
    </div>
  );
}
