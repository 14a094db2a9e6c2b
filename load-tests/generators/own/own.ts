import * as path from 'node:path';
import type { Rig } from '../../rig.ts';
import { type Generator, GENERATOR_GRACE_MS, type LoadResult } from '../generator.ts';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');

/** Our own generator: slower than wrk and vegeta, and needs nothing but Node. */
export function own({ children }: Rig): Generator {
  return {
    name: 'own',
    async run(order) {
      const { code, stdout, stderr } = await children.run(
        [process.execPath, PROGRAM, JSON.stringify(order)],
        {
          timeoutMs: order.seconds * 1000 + GENERATOR_GRACE_MS,
        },
      );
      if (code !== 0) throw new Error(`our generator ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as LoadResult;
    },
  };
}
