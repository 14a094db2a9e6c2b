import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Options } from '../config/options.ts';
import { afterWrites } from '../net/turn-end.ts';
import { ByteBudget } from '../records/byte-budget.ts';
import { Recorder, type RecorderPorts } from '../records/recorder.ts';
import { systemClock } from './system-clock.ts';
import { VERSION } from './version.ts';

/** The recorder of a run and data thread, as the options want it. */
export function newRecorder(
  init: { options: Options; runId: string; thread: number; hmacKey: Uint8Array },
  nextSequence: () => number,
  ports: Partial<
    Pick<RecorderPorts, 'clock' | 'randomBytes' | 'observer' | 'afterWrites' | 'space' | 'expectSequences'>
  > = {},
): Recorder {
  const { options, runId, thread } = init;
  return new Recorder(
    {
      maxBodyBytes: options.maxBodyCaptureBytes,
      maxInflatedBytes: options.maxBodyCaptureBytes,
      redact: { headers: options.redactHeaders, keys: options.redactKeys },
      hmacKey: Buffer.from(init.hmacKey),
      serviceName: options.serviceName,
      runId,
      thread,
      observerVersion: VERSION,
      trustedProxies: options.trustedProxies,
      captureRules: options.captureRules,
      hostName: hostname(),
      dataset: options.dataset,
      namespace: options.namespace,
    },
    {
      clock: systemClock,
      randomBytes,
      afterWrites,
      ...ports,
      nextSequence,
      budget: new ByteBudget(Math.ceil(options.captureBudgetBytes / options.threads)),
    },
  );
}
