import type { HealthReport } from '../telemetry/health-report.ts';

/** What delivery says of its sinks and of the spool. */
export interface DeliveryFacts {
  readonly sinks: readonly {
    readonly name: string;
    readonly state: string;
    /** Why it is not running; empty where it is. */
    readonly reason: string;
    readonly pendingBytes: number;
    readonly lagMs: number;
  }[];
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
}

/** The part of a health report that is about delivery; null for a program that records nothing. */
export function deliveryHealth(facts: DeliveryFacts | null): Pick<HealthReport, 'sinks' | 'spool'> {
  if (facts === null) return { sinks: [], spool: null };
  return {
    sinks: facts.sinks.map(({ name, state, reason, pendingBytes, lagMs }) => ({
      name,
      state,
      // Once a first try has failed there is a reason: from then on it is only trying again.
      isStarting: state === 'starting' && reason === '',
      reason: reason === '' ? null : reason,
      pendingBytes,
      lagSeconds: lagMs / 1000,
    })),
    spool: { usedBytes: facts.spoolBytes, limitBytes: facts.spoolLimitBytes },
  };
}
