import type { Options } from '../config/options.ts';
import { catalogue } from '../filters/index.ts';
import { never, NO_PORTS } from '../script/no-ports.ts';
import type { ScriptLanguage } from '../script/read-script.ts';
import { scriptGlobals } from '../script/script-globals.ts';
import { auditGlobals } from './audit-globals.ts';

/** What scripts of this gateway are written in, for reading them without running them. Its objects reach nothing. */
export function scriptLanguage(options: Options): ScriptLanguage {
  const host = {
    ports: NO_PORTS,
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
