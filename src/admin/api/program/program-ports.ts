import type { Log } from '../../../core/ports.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { ScriptLanguage } from '../../../script/read-script.ts';
import type { LogHistory } from '../../../telemetry/log-history.ts';
import { type AdminAnswer, problem } from '../../endpoint.ts';
import type { ProgramFolder } from '../../program-folder.ts';

/** What the page does with the gateway's program. */
export type ProgramGateway = Pick<
  Gateway,
  'program' | 'isSwitching' | 'startProgram' | 'stopProgram' | 'graphs' | 'activity'
>;

/** What the endpoints of this group are made of. */
export interface ProgramPorts {
  readonly gateway: ProgramGateway;
  readonly folder: ProgramFolder;
  /** What the page changes is told here. */
  readonly log: Log;
  readonly history: LogHistory;
  /** Asked at the first use. */
  readonly language: () => ScriptLanguage;
}

/** The answer while a program is being started or stopped. */
export function switching(): AdminAnswer {
  return problem(409, 'A program is being started or stopped; try again when that is done.');
}
