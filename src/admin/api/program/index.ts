import type { Endpoint } from '../../endpoint.ts';
import { programActivity } from './activity.ts';
import { config } from './config.ts';
import { drawGraph } from './graph.ts';
import { readLanguage } from './language.ts';
import { listFiles } from './list-files.ts';
import { readLog } from './log.ts';
import type { ProgramPorts } from './program-ports.ts';
import { readFile } from './read-file.ts';
import { removeFile } from './remove-file.ts';
import { runningProgram } from './running-program.ts';
import { startProgram } from './start-program.ts';
import { stopProgram } from './stop-program.ts';
import { writeFile } from './write-file.ts';

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
