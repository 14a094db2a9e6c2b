import * as os from 'node:os';
import type { LoadReport } from '../measurement.ts';

/** The machine that the figures are of. */
export function describeMachine(): LoadReport['machine'] {
  return {
    cores: os.availableParallelism(),
    model: os.cpus()[0]?.model ?? 'unknown',
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release().split('.').slice(0, 2).join('.')}`,
    node: process.versions.node,
  };
}
