import type { FilterError } from '../core/pipeline.ts';

/** What came to a filter since its program was started. */
export interface FilterActivity {
  readonly key: string;
  readonly name: string;
  readonly events: number;
  readonly errors: number;
  readonly lastError: FilterError | null;
}

/** The sessions of a pipeline since its program was started. */
export interface PipelineActivity {
  readonly key: string;
  readonly file: string;
  readonly name: string;
  readonly made: number;
  readonly active: number;
  readonly filters: readonly FilterActivity[];
}

/** What a data thread is doing, or all together. */
export interface ThreadActivity {
  readonly connections: number;
  readonly pipelines: readonly PipelineActivity[];
  /** Replaced programs that still have sessions, or are not yet cleared away, and the sessions that they have. */
  readonly stale: { readonly programs: number; readonly sessions: number };
}

/** What the running program is doing. */
export interface ProgramActivity extends ThreadActivity {
  /** Another one: another program was started, and counts begin anew. */
  readonly generation: number;
  /** Since 1970. */
  readonly atMs: number;
  /** Data threads that did not answer: their counts are missing in the sums. */
  readonly silentThreads: readonly string[];
}

/** The sums over data threads: all run the same program. Of last errors the latest counts. */
export function sumActivities(threads: readonly ThreadActivity[]): ThreadActivity {
  const [first = NOTHING, ...rest] = threads;
  return rest.reduce(
    (sum, thread) => ({
      connections: sum.connections + thread.connections,
      pipelines: sumPipelines(sum.pipelines, thread.pipelines),
      stale: {
        programs: Math.max(sum.stale.programs, thread.stale.programs),
        sessions: sum.stale.sessions + thread.stale.sessions,
      },
    }),
    first,
  );
}

const NOTHING: ThreadActivity = { connections: 0, pipelines: [], stale: { programs: 0, sessions: 0 } };

function sumPipelines(
  left: readonly PipelineActivity[],
  right: readonly PipelineActivity[],
): PipelineActivity[] {
  const byKey = new Map(right.map((pipeline) => [pipeline.key, pipeline]));
  return left.map((pipeline) => {
    const other = byKey.get(pipeline.key);
    if (other === undefined) return pipeline;
    return {
      ...pipeline,
      made: pipeline.made + other.made,
      active: pipeline.active + other.active,
      filters: pipeline.filters.map((filter, index) => sumFilters(filter, other.filters[index])),
    };
  });
}

function sumFilters(left: FilterActivity, right: FilterActivity | undefined): FilterActivity {
  if (right === undefined) return left;
  const isLater = (right.lastError?.atMs ?? 0) > (left.lastError?.atMs ?? 0);
  return {
    ...left,
    events: left.events + right.events,
    errors: left.errors + right.errors,
    lastError: isLater ? right.lastError : left.lastError,
  };
}
