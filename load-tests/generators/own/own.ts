import * as path from 'node:path';
import type { Rig } from '../../rig.ts';
import { type Generator, GENERATOR_GRACE_MS } from '../generator.ts';
import type { OwnOrder, OwnResult } from './order.ts';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
/** For a body of 1 GiB either way on a busy machine. */
const TRANSFER_MS = 180_000;

/** Our own generator: slower than wrk and vegeta, and needs nothing but Node. */
export function own(rig: Rig): Generator {
  return {
    name: 'own',
    run: async (order) => {
      const result = await runOwn(rig, { kind: 'requests', ...order });
      return () => Promise.resolve(result);
    },
  };
}

/** Lets our generator do something, in a process of its own. */
export async function runOwn({ children }: Rig, order: OwnOrder): Promise<OwnResult> {
  const { code, stdout, stderr } = await children.run([process.execPath, PROGRAM, JSON.stringify(order)], {
    timeoutMs: order.kind === 'transfer' ? TRANSFER_MS : order.seconds * 1000 + GENERATOR_GRACE_MS,
  });
  if (code !== 0) throw new Error(`our generator ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as OwnResult;
}
