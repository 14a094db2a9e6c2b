import type { DeliveryStatus } from '../sinks/delivery/delivery.ts';
import type { HealthReport } from '../telemetry/health-report.ts';

/** What `/readyz` tells of sinks and spool. @param status null for a program that records nothing */
export function deliveryHealth(status: DeliveryStatus | null): Pick<HealthReport, 'sinks' | 'spool'> {
  if (status === null) return { sinks: [], spool: null };
  return {
    sinks: status.sinks.map(
      ({
        name,
        state,
        reason,
        isUntried,
        pendingBytes,
        lagMs,
        troubleSinceMs,
        lastError,
        inFlightBytes,
      }) => ({
        name,
        state,
        isStarting: isUntried,
        reason: reason === '' ? null : reason,
        pendingBytes,
        lagSeconds: lagMs / 1000,
        troubleSinceMs,
        lastError,
        inFlightBytes,
      }),
    ),
    spool: { usedBytes: status.spoolBytes, limitBytes: status.spoolLimitBytes },
  };
}
