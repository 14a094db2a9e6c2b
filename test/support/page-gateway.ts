import type { ExecutionContext } from 'ava';
import { startSampleApplication } from '../../src/cli/sample-application.ts';
import { type GatewayProcess, startProcess } from './process.ts';

/** A gateway in front of the sample application, with its page. */
export interface PageGateway extends GatewayProcess {
  /** Where the page is: `http://127.0.0.1:8001`. */
  readonly page: string;
  /** Where the traffic goes: `http://127.0.0.1:8000`. */
  readonly traffic: string;
}

/** Starts one as its users do. @param port of the page; 0 for a free one. @param env more variables */
export async function startPageGateway(
  t: ExecutionContext,
  args: readonly string[] = [],
  {
    port = 0,
    dataDir,
    env = {},
  }: { port?: number; dataDir?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<PageGateway> {
  const sample = await startSampleApplication();
  t.teardown(sample.stop);
  const gateway = await startProcess(
    t,
    [`--upstream=${sample.url}`, `--gui-port=127.0.0.1:${port}`, ...args],
    dataDir,
    undefined,
    env,
  );
  for (;;) {
    const page = /(?:Page|Admin): (http:\/\/\S+)/.exec(gateway.output())?.[1];
    if (page !== undefined) return { ...gateway, page, traffic: `http://127.0.0.1:${gateway.port}` };
    await new Promise((resolve) => setImmediate(resolve));
  }
}
