// Writes batches to its standard output until the sink does not take one; says on standard error what it was told.
import { newStdoutSink } from '../../src/sinks/stdout/stdout-sink.ts';
import { batchOf, patient } from './batches.ts';

const sink = newStdoutSink({ stream: process.stdout });
await sink.start(patient());
for (let from = 1; ; from += 100) {
  const result = await sink.send(batchOf(from, from + 99), patient());
  if (result.kind === 'answered') continue;
  process.stderr.write(`${JSON.stringify(result)}\n`);
  break;
}
const again = await sink.send(batchOf(1, 1), patient());
process.stderr.write(`${JSON.stringify(again)}\n`);
