import type { Endpoint, EndpointDescription } from '../../endpoint.ts';
import { ACTIVITY, programActivity } from './activity.ts';
import { CONFIG, config } from './config.ts';
import { DRAW_GRAPH, drawGraph } from './graph.ts';
import { LANGUAGE, readLanguage } from './language.ts';
import { LIST_FILES, listFiles } from './list-files.ts';
import { LOG, readLog } from './log.ts';
import { READ_FILE, readFile } from './read-file.ts';
import { REMOVE_FILE, removeFile } from './remove-file.ts';
import { RUNNING_PROGRAM, runningProgram } from './running-program.ts';
import { START_PROGRAM, startProgram } from './start-program.ts';
import { STOP_PROGRAM, stopProgram } from './stop-program.ts';
import { WRITE_FILE, writeFile } from './write-file.ts';
import type { ProgramPorts } from './program-ports.ts';

/** What the page sees, edits and runs, in words. */
export const PROGRAM_DESCRIPTIONS: readonly EndpointDescription[] = [
  LIST_FILES,
  READ_FILE,
  WRITE_FILE,
  REMOVE_FILE,
  RUNNING_PROGRAM,
  START_PROGRAM,
  STOP_PROGRAM,
  ACTIVITY,
  CONFIG,
  DRAW_GRAPH,
  LANGUAGE,
  LOG,
];

/** Seeing, editing and running programs (spec cli 7). */
export function programEndpoints(ports: ProgramPorts): Endpoint[] {
  return [
    listFiles,
    readFile,
    writeFile,
    removeFile,
    runningProgram,
    startProgram,
    stopProgram,
    programActivity,
    config,
    drawGraph,
    readLanguage,
    readLog,
  ].map((make) => make(ports));
}
