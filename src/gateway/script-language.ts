import type { Options } from '../config/options.ts';
import { catalogue } from '../filters/index.ts';
import type { ScriptLanguage } from '../script/read-script.ts';
import { scriptGlobals } from '../script/script-globals.ts';
import { auditGlobals } from './audit-globals.ts';

/** What scripts of this gateway are written in, for reading them without running them. Its objects reach nothing. */
export function scriptLanguage(options: Options): ScriptLanguage {
  const never = (): never => {
    throw new Error('the script does not run');
  };
  const host = {
    ports: {
      clock: { wallMs: () => 0, monotonicMs: () => 0, after: never },
      log: { write: () => {} },
      dialer: { dial: never },
      processes: { spawn: never },
      output: { write: () => {} },
      randomBytes: never,
    },
    files: { read: () => null, stat: () => null, inside: () => null, readInside: () => null },
    env: {},
    isCompat: options.compat,
    sessions: { context: never, pipeline: never },
    onRelease: () => {},
  };
  return {
    catalogue,
    globals: scriptGlobals(host, { audit: auditGlobals(options, null) }),
    isCompat: options.compat,
  };
}
