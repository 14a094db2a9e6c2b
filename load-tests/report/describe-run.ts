import type { LoadReport } from '../measurement.ts';
import { bytesText } from './wording.ts';

/** When, on what machine and how much was measured, in a line. */
export function describeRun({ date, machine, set }: Pick<LoadReport, 'date' | 'machine' | 'set'>): string {
  return `${date.slice(0, 10)}, ${machine.cores} cores of ${machine.model}, ${bytesText(machine.memoryBytes)}, ${machine.system}, Node ${machine.node}, ${set} set`;
}
