// Appends records to a file without end and says on standard output which it was told are delivered.
import { newFileSink } from '../../src/sinks/file/file-sink.ts';
import { batchOf, patient } from './batches.ts';
import { quiet } from './records.ts';

const [file, stateFile] = process.argv.slice(2);
const sink = newFileSink({
  file: file!,
  stateFile: stateFile!,
  maxBytes: 200_000,
  maxAgeMs: 0,
  keep: 0,
  isSyncing: false,
  log: quiet,
});
await sink.start(patient());
for (;;) {
  const from = (sink.ownPlaces!.acknowledged({ run: 'run', thread: 0 })?.offset ?? 0) + 1;
  const result = await sink.send(batchOf(from, from + 49), patient());
  if (result.kind === 'answered') process.stdout.write(`${from + 49}\n`);
}
