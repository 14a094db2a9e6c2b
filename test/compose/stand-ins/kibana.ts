// STAND-IN for Kibana: is healthy once its account opens Elasticsearch, as the real one; takes saved objects from who is known there, and forgets them.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { ELASTICSEARCH_HOSTS, ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD, XPACK_SECURITY_ENCRYPTIONKEY } =
  process.env;

async function isKnown(authorization: string): Promise<boolean> {
  const answer = await fetch(`${ELASTICSEARCH_HOSTS}/_security/_authenticate`, {
    headers: { authorization },
  });
  return answer.status === 200;
}

createServer((request, response) => {
  void (async () => {
    if (request.url === '/api/status') {
      const own = Buffer.from(`${ELASTICSEARCH_USERNAME}:${ELASTICSEARCH_PASSWORD}`).toString('base64');
      const isReady = XPACK_SECURITY_ENCRYPTIONKEY?.length === 48 && (await isKnown(`Basic ${own}`));
      response.writeHead(isReady ? 200 : 503).end('{}');
    } else if (request.url?.startsWith('/api/saved_objects/_import')) {
      const body = await text(request);
      if (!(await isKnown(request.headers.authorization ?? '')))
        return void response.writeHead(401).end('{}');
      const objects = body.split('\n').filter((line) => line.startsWith('{') && 'type' in JSON.parse(line));
      process.stdout.write(`imported ${objects.length} saved objects\n`);
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ success: true, successCount: objects.length }));
    } else response.writeHead(404).end();
  })().catch(() => response.writeHead(503).end('{}'));
}).listen(5601, () => process.stdout.write('this is a stand-in for Kibana\n'));
process.on('SIGTERM', () => process.exit());
