import { readFileSync } from 'node:fs';
import * as https from 'node:https';
import type * as net from 'node:net';
import * as path from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import test, { type ExecutionContext } from 'ava';
import { batchOf, sinkOf } from '../../support/otlp-batch.ts';
import { recordOf } from '../../support/records.ts';

const NEVER = new AbortController().signal;
const TLS = path.join(import.meta.dirname, '../../support/tls');
const CERT = path.join(TLS, 'cert.pem');
const KEY = path.join(TLS, 'key.pem');
const [cert, key] = [readFileSync(CERT), readFileSync(KEY)];

async function startHttps(
  t: ExecutionContext,
  wantsClientCertificate: boolean,
  host = '127.0.0.1',
): Promise<number> {
  const server = https.createServer(
    {
      cert,
      key,
      ...(wantsClientCertificate ? { ca: cert, requestCert: true, rejectUnauthorized: true } : {}),
    },
    (request, response) => {
      request.resume();
      request.on('end', () => response.end());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as net.AddressInfo).port;
}

async function startGrpcs(
  t: ExecutionContext,
  wantsClientCertificate: boolean,
  host = '127.0.0.1',
): Promise<number> {
  const server = new Server();
  const pass = (bytes: Buffer): Buffer => bytes;
  server.addService(
    {
      Export: {
        path: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
        requestStream: false,
        responseStream: false,
        requestSerialize: pass,
        requestDeserialize: pass,
        responseSerialize: pass,
        responseDeserialize: pass,
      },
    },
    {
      Export: (_: unknown, callback: (error: null, answer: Buffer) => void) =>
        callback(null, Buffer.alloc(0)),
    },
  );
  const credentials = ServerCredentials.createSsl(
    cert,
    [{ cert_chain: cert, private_key: key }],
    wantsClientCertificate,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${host}:0`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  t.teardown(() => server.forceShutdown());
  return port;
}

async function sendTo(
  port: number,
  protocol: string,
  host: string,
  env: Record<string, string>,
): Promise<{ kind: string; reason?: string }> {
  const { sink } = sinkOf('logs', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://${host}:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    ...env,
  });
  const result = await sink.send(batchOf([recordOf(1)]), NEVER);
  await sink.stop();
  return result;
}

for (const [protocol, start] of [
  ['http/protobuf', startHttps],
  ['grpc', startGrpcs],
] as const) {
  test(`${protocol} over TLS: a name and an address, with the authority that is named`, async (t) => {
    const port = await start(t, false);
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: CERT };
    for (const host of ['localhost', '127.0.0.1'])
      t.is((await sendTo(port, protocol, host, env)).kind, 'answered', host);
  });

  test(`${protocol} over TLS: a certificate that is not trusted pauses and says what to do`, async (t) => {
    const port = await start(t, false);
    for (const host of ['localhost', '127.0.0.1']) {
      const result = await sendTo(port, protocol, host, {});
      t.is(result.kind, 'paused', host);
      t.regex(result.reason!, /certificate.*OTEL_EXPORTER_OTLP_CERTIFICATE/i);
    }
  });

  // Elsewhere 127.0.0.2 is no address of the loopback interface.
  (process.platform === 'linux' ? test : test.skip)(
    `${protocol} over TLS: a certificate of another name pauses`,
    async (t) => {
      const port = await start(t, false, '127.0.0.2');
      const result = await sendTo(port, protocol, '127.0.0.2', { OTEL_EXPORTER_OTLP_CERTIFICATE: CERT });
      t.is(result.kind, 'paused', result.reason ?? '');
      t.regex(result.reason!, /certificate/i);
    },
  );

  test(`${protocol} over TLS: a client certificate where the receiver wants one`, async (t) => {
    const port = await start(t, true);
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: CERT };
    const own = {
      ...env,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: CERT,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: KEY,
    };
    t.is((await sendTo(port, protocol, 'localhost', own)).kind, 'answered');
    const without = await sendTo(port, protocol, 'localhost', env);
    t.not(without.kind, 'answered');
    t.regex(without.reason!, /OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE/);
  });
}
