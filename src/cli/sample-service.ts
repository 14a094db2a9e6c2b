import { startSampleApplication } from './sample-application.ts';

/** The sample application as a service of its own, for docker-compose.yml: on all addresses, port 3000. */
const { url, stop } = await startSampleApplication({ host: '0.0.0.0', port: 3000 });
process.stdout.write(`Sample application at ${url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
