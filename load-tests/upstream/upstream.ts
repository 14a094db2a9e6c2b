import type { Rig } from '../rig.ts';
import { startNginxUpstream } from './nginx-upstream.ts';
import { startNodeUpstream } from './node-upstream.ts';

/** The application behind everything that is measured. */
export interface Upstream {
  readonly name: 'nginx' | 'node';
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Its processes, for the time that they take. */
  readonly pids: readonly number[];
  /** How many requests it has got since its start. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * `fast`: nginx where it is installed, so that what stands before it is the bound. `streams`: always our own, which reads a body to its end before
 * it answers, and can do what nginx cannot: chunks, endless streams, server-sent events.
 */
export type UpstreamKind = 'fast' | 'streams';

export function startUpstream(rig: Rig, kind: UpstreamKind): Promise<Upstream> {
  return kind === 'fast' && rig.tools.nginx !== null
    ? startNginxUpstream(rig, rig.tools.nginx)
    : startNodeUpstream(rig);
}
