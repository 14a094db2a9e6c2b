import { startCpuProfile, startHeapProfile } from 'node:v8';
import test from 'ava';
import { type CpuProfile, framesOf, type HeapProfile, readProfile } from '../../src/profiling/v8-profile.ts';

/** What tools rely on: Profiler.Profile and HeapProfiler.SamplingHeapProfile of the DevTools protocol, version 1.3. */
function checkFrames(profile: CpuProfile | HeapProfile): string | null {
  for (const frame of framesOf(profile)) {
    const { functionName, scriptId, url, lineNumber, columnNumber } = frame;
    if ([functionName, scriptId, url].some((text) => typeof text !== 'string')) return JSON.stringify(frame);
    if (![lineNumber, columnNumber].every(Number.isInteger)) return JSON.stringify(frame);
  }
  return null;
}

test('what V8 gives is a profile of the DevTools protocol', (t) => {
  const cpu = startCpuProfile({ sampleInterval: 0.5 });
  const heap = startHeapProfile({
    sampleInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  const kept: object[] = [];
  for (const until = process.threadCpuUsage().user + 30_000; process.threadCpuUsage().user < until;)
    kept.push({ number: kept.length });
  const allocated = readProfile(heap.stop()) as HeapProfile;
  const timed = readProfile(cpu.stop()) as CpuProfile;
  t.is(checkFrames(timed), null);
  t.is(checkFrames(allocated), null);

  const ids = new Set(timed.nodes.map(({ id }) => id));
  t.is(ids.size, timed.nodes.length);
  t.true(timed.nodes.flatMap(({ children = [] }) => children).every((id) => ids.has(id)));
  t.true(timed.samples.length > 5 && timed.samples.every((id) => ids.has(id)));
  t.is(timed.timeDeltas.length, timed.samples.length);
  t.true(timed.endTime > timed.startTime);

  t.is(allocated.head.callFrame.functionName, '(root)');
  t.true(allocated.samples.length > 5);
  t.true(allocated.samples.every(({ size, nodeId }) => size > 0 && nodeId > 0));
});
