import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { go } from '../location.ts';
import { Split } from '../parts/split.tsx';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { ErrorList } from './error-list.tsx';
import { FlowChart } from './flow-chart.tsx';
import { type Chart, chartsOf } from './flow-chart-model.ts';
import { fetchConfig } from './program-api.ts';
import { addressOf } from './program-route.ts';
import type { Graph } from '../../../script/graph.ts';
import { RunningList } from './running-list.tsx';
import { running, turn } from './running-program.ts';
import { showSource } from './show-source.ts';
import { useMedia } from '../parts/use-media.ts';
import { useRates } from './use-rates.ts';

type Config =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'loaded'; readonly graphs: Readonly<Record<string, Graph>> };

/** What runs: its modules and pipelines, and their charts with what passes through them now. */
export function RunningView({
  module,
  pipeline,
}: {
  module: string | null;
  pipeline: string | null;
}): JSX.Element {
  const [config, setConfig] = useState<Config>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const isNarrow = useMedia('(max-width: 760px)');
  const epoch = connection.epoch.value;
  const started = turn.value;
  useEffect(() => {
    let isCurrent = true;
    fetchConfig().then(
      (graphs) => isCurrent && setConfig({ kind: 'loaded', graphs }),
      (error: unknown) => isCurrent && setConfig({ kind: 'failed', error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [epoch, started, attempt]);
  const rates = useRates(epoch + started);
  const graphs = config.kind === 'loaded' ? config.graphs : null;
  const modules = useMemo(
    () =>
      Object.entries(graphs ?? {})
        .map(([file, graph]) => ({ file, charts: chartsOf(graph), isCut: graph.isCut === true }))
        .filter(({ charts }) => charts.length > 0),
    [graphs],
  );
  const shown = useMemo<readonly Chart[]>(() => {
    const chosen = modules.find(({ file }) => file === module) ?? modules[0];
    if (chosen === undefined) return [];
    return pipeline === null ? chosen.charts : chosen.charts.filter(({ title }) => title === pipeline);
  }, [modules, module, pipeline]);
  if (config.kind === 'loading') return <Loading what="the running program" />;
  if (config.kind === 'failed')
    return (
      <Failure
        title="The running program cannot be shown"
        error={config.error}
        onRetry={() => setAttempt(attempt + 1)}
      />
    );
  if (modules.length === 0)
    return (
      <Empty title="Nothing runs">
        <p>
          Open a script in the editor and start it: its pipelines appear here, with what passes through them.
        </p>
        <a class="button" href={addressOf({ part: 'editor', path: null, line: null, column: null })}>
          Open the editor
        </a>
      </Empty>
    );
  const file = modules.find((one) => one.file === module)?.file ?? modules[0]!.file;
  const list = (
    <RunningList
      modules={modules}
      file={file}
      pipeline={pipeline}
      onSelect={(toModule, toPipeline) =>
        go(addressOf({ part: 'running', module: toModule, pipeline: toPipeline }))
      }
    />
  );
  const chart =
    shown.length === 0 ? (
      <Empty title="There is no such pipeline">
        <p>The program was changed since this address was made. Choose one of the list.</p>
      </Empty>
    ) : (
      <div class="program-column">
        <ErrorList charts={shown} rates={rates} onOpen={(place) => showSource(place, file)} />
        <FlowChart
          name={`Flow chart of ${pipeline ?? file}`}
          charts={shown}
          rates={rates}
          onOpen={(place) => showSource(place, file)}
        />
      </div>
    );
  return (
    <div class="program-column">
      {running.value?.source === 'built-in' && (
        <p class="program-note">
          This is the built-in program that makes a record of every exchange. A click on a box shows its
          source.
        </p>
      )}
      <div class="program-rest">
        {isNarrow ? (
          <div class="program-column">
            {list}
            <div class="program-rest">{chart}</div>
          </div>
        ) : (
          <Split direction="columns" name="the list of pipelines" sized="first" size={220}>
            {[list, chart]}
          </Split>
        )}
      </div>
    </div>
  );
}
