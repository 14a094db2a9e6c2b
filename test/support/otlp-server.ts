import * as http from 'node:http';
import type * as net from 'node:net';
import { Metadata, Server, ServerCredentials, type ServiceError, type status } from '@grpc/grpc-js';
import type { ExecutionContext } from 'ava';

/** A request as an OTLP receiver got it. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** An OTLP receiver that answers by script. */
export interface ScriptedServer {
  readonly port: number;
  readonly received: ReceivedRequest[];
}

export type HttpScript = (response: http.ServerResponse, request: ReceivedRequest, index: number) => void;

export async function startHttpReceiver(t: ExecutionContext, script: HttpScript): Promise<ScriptedServer> {
  const received: ReceivedRequest[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const whole = { path: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
      received.push(whole);
      script(response, whole, received.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as net.AddressInfo).port, received };
}

/** How a call ends: bytes of the answer, or a status. */
export type GrpcAnswer =
  Buffer | { readonly code: status; readonly details: string; readonly statusDetails?: Buffer };

/** Null: never. */
export type GrpcScript = (
  request: ReceivedRequest,
  index: number,
) => GrpcAnswer | null | Promise<GrpcAnswer | null>;

export async function startGrpcReceiver(
  t: ExecutionContext,
  script: GrpcScript,
  wantedPort = 0,
): Promise<ScriptedServer> {
  const received: ReceivedRequest[] = [];
  const server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 });
  for (const service of [
    'opentelemetry.proto.collector.logs.v1.LogsService',
    'opentelemetry.proto.collector.trace.v1.TraceService',
  ]) {
    const path = `/${service}/Export`;
    const pass = (bytes: Buffer): Buffer => bytes;
    server.addService(
      {
        Export: {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: pass,
          requestDeserialize: pass,
          responseSerialize: pass,
          responseDeserialize: pass,
        },
      },
      {
        async Export(
          call: { request: Buffer; metadata: Metadata },
          callback: (error: Partial<ServiceError> | null, answer?: Buffer) => void,
        ) {
          const headers = Object.fromEntries(
            Object.entries(call.metadata.getMap()).map(([name, value]) => [name, String(value)]),
          );
          const request = { path, headers, body: call.request };
          received.push(request);
          const answer = await script(request, received.length - 1);
          if (answer === null) return;
          if (Buffer.isBuffer(answer)) {
            callback(null, answer);
            return;
          }
          const metadata = new Metadata();
          if (answer.statusDetails !== undefined)
            metadata.set('grpc-status-details-bin', answer.statusDetails);
          callback({ code: answer.code, details: answer.details, metadata });
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${wantedPort}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  t.teardown(() => server.forceShutdown());
  return { port, received };
}
