import type { HealthReport } from '../../../telemetry/health-report.ts';

/** From here on an operator should act: above it records are soon dropped. */
const NEARLY_FULL = 0.8;

/** The body of `/readyz`. */
export interface Readiness {
  readonly status: 'ready' | 'not ready';
  /** Why no traffic should be sent here. */
  readonly reasons: readonly string[];
  /** What an operator should look at, though traffic goes on. */
  readonly warnings: readonly string[];
  readonly threads: HealthReport['threads'];
  readonly sinks: HealthReport['sinks'];
  readonly spool: {
    readonly usedBytes: number;
    readonly limitBytes: number;
    /** From 0 to 1. */
    readonly fill: number;
  } | null;
}

/** Why the process should be restarted; null while it serves. */
export function sickness({ threads }: HealthReport): string | null {
  const dead = threads.filter(({ isAlive }) => !isAlive).map(({ name }) => name);
  return dead.length === 0 ? null : `data thread ${dead.join(', ')} has ended; the log says why`;
}

/**
 * Whether traffic may come: every port is bound, and every sink has been tried. A sink that fails is no reason against it: the gateway fails
 * open, and records wait in the spool.
 */
export function readiness(report: HealthReport): Readiness {
  const { state, threads, sinks, spool } = report;
  const sick = state === 'stopping' ? null : sickness(report);
  const reasons = [
    ...(state === 'idle' ? ['no program runs: start one in the page'] : []),
    ...(state === 'running' || state === 'idle' ? [] : [`the gateway is ${state}`]),
    ...(sick === null ? [] : [sick]),
    ...sinks.filter(({ isStarting }) => isStarting).map(({ name }) => `sink ${name} is being started`),
  ];
  const fill = spool === null ? 0 : spool.usedBytes / spool.limitBytes;
  const warnings = [
    ...sinks
      .filter(({ reason }) => reason !== null)
      .map(({ name, state: sinkState, reason }) => `sink ${name} is ${sinkState}: ${reason}`),
    ...(fill >= NEARLY_FULL
      ? [
          `the spool is ${Math.floor(fill * 100)} % full (--spool-size): beyond it records are dropped; find out which sink does not take them`,
        ]
      : []),
  ];
  return {
    status: reasons.length === 0 ? 'ready' : 'not ready',
    reasons,
    warnings,
    threads,
    sinks,
    spool: spool === null ? null : { ...spool, fill },
  };
}
