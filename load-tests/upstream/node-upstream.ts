import * as path from 'node:path';
import type { Rig } from '../rig.ts';
import type { Upstream } from './upstream.ts';

const PROGRAM = path.join(import.meta.dirname, 'application.ts');

/** `application.ts` in a process of its own. */
export async function startNodeUpstream({ children }: Rig): Promise<Upstream> {
  const child = await children.start([process.execPath, PROGRAM], { ready: /^ready (\S+)$/m });
  const url = child.ready![1]!;
  return {
    name: 'node',
    url,
    pids: [child.pid],
    requests: async () => Number(await (await fetch(`${url}/-/requests`)).text()),
    stop: async () => void (await child.stop()),
  };
}
