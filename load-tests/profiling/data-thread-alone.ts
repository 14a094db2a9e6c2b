/**
 * One data thread on the main thread of a process, for tools that see no other: the built-in program with the options of the gateway. Records end in the
 * spool of the data directory. Prints `Listening on http://HOST:PORT`; ends in order with SIGINT.
 */
import { readOptions } from '../../src/config/read-options.ts';
import { startDataThread } from '../../src/gateway/data-thread.ts';
import { builtInProgram } from '../../src/gateway/program-source.ts';
import { DataDirectory } from '../../src/spool/data-directory.ts';
import { LineLog } from '../../src/telemetry/log.ts';

const { options } = readOptions({ argv: process.argv.slice(2), env: {}, cwd: process.cwd() });
const directory = DataDirectory.open(options.dataDir);
const thread = await startDataThread(
  {
    options: { ...options, threads: 1 },
    paths: directory.paths,
    program: builtInProgram(options),
    runId: `profile-${Date.now().toString(36)}`,
    thread: 0,
    hmacKey: directory.hmacKey(),
    connectionIds: new SharedArrayBuffer(8),
    addresses: [],
  },
  new LineLog(options.logLevel, process.stderr, false),
  () => {},
);
process.once('SIGINT', () => {
  void thread.stop(options.shutdownTimeoutMs).then(() => {
    directory.close();
    process.exit(0);
  });
});
for (const { address, port } of thread.addresses)
  process.stdout.write(`Listening on http://${address}:${port}\n`);
