import { get } from 'node:http';

/**
 * Ends with status 0 where the URL of its argument answers 200, by default `/healthz` of the gateway in this container: for HEALTHCHECK in an
 * image without a shell.
 */
const TIMEOUT_MS = 3000;

const adminPort = /\d+$/.exec(process.env['TAPLINE_GUI_PORT'] ?? '')?.[0];
const url = process.argv[2] ?? (adminPort === undefined ? null : `http://127.0.0.1:${adminPort}/healthz`);
if (url === null) fail('neither a URL nor TAPLINE_GUI_PORT is given: there is nothing to ask');
else
  get(url, { timeout: TIMEOUT_MS, agent: false }, ({ statusCode }) => {
    if (statusCode === 200) process.exit(0);
    fail(`${url} answers ${statusCode}`);
  })
    .on('timeout', () => fail(`${url} does not answer within ${TIMEOUT_MS} ms`))
    .on('error', (error: NodeJS.ErrnoException) => fail(`${url}: ${error.code ?? error.message}`));

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`);
  // At once: a connection that hangs would keep the process.
  process.exit(1);
}
