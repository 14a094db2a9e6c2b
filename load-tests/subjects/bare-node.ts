import { setTimeout as delay } from 'node:timers/promises';
import { readRssBytes } from '../measure/process-facts.ts';
import type { Rig } from '../rig.ts';

const SETTLE_MS = 500;
let rssBytes: Promise<number> | null = null;

/** Resident memory of a Node that does nothing, in bytes: what ratios of memory are of. Measured once. */
export function bareNodeRssBytes(rig: Rig): Promise<number> {
  return (rssBytes ??= measure(rig));
}

async function measure({ children }: Rig): Promise<number> {
  const child = await children.start(
    [process.execPath, '--eval', 'process.stdin.resume(); process.stdout.write("ready\\n");'],
    { ready: /ready/ },
  );
  await delay(SETTLE_MS);
  const bytes = readRssBytes([child.pid]);
  await child.stop();
  return bytes;
}
