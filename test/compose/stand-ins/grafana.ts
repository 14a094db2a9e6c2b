// STAND-IN for Grafana: is healthy where all that Grafana would read at its start is there for its user.
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

createServer((request, response) => {
  const isHealthy = request.url === '/api/health' && hasAll();
  response.writeHead(isHealthy ? 200 : 503).end();
}).listen(3000, () => process.stdout.write('this is a stand-in for Grafana\n'));
process.on('SIGTERM', () => process.exit());

function hasAll(): boolean {
  try {
    if (!/^[0-9a-f]{48}$/.test(readFileSync(process.env['GF_SECURITY_ADMIN_PASSWORD__FILE']!, 'utf8')))
      return false;
    JSON.parse(readFileSync(process.env['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']!, 'utf8'));
    for (const folder of ['datasources', 'dashboards'])
      if (readdirSync(`/etc/grafana/provisioning/${folder}`).length === 0) return false;
    accessSync('/var/lib/grafana', constants.F_OK);
    return true;
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
    return false;
  }
}
