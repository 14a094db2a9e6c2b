// Loaded into ava by run.mjs. An error whose stack names no place (it was cut, or was none) ended ava itself, and with it all tests that were
// still to come: what its TAP reporter cannot write is left out instead.
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// The threads of the tests get it, too, and write no reports.
if (isMainThread) {
  const yaml = createRequire(import.meta.resolve('supertap'))('js-yaml');
  const { safeDump } = yaml;
  yaml.safeDump = (value, options) => safeDump(value, { skipInvalid: true, ...options });
}
