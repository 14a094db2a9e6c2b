import * as net from 'node:net';
import {
  asLine,
  type ControlRequest,
  controlSocketPath,
  LineSplitter,
  MAX_ANSWER_BYTES,
  readAnswer,
} from './control-protocol.ts';

/** Nobody listens on the socket of a data directory. */
export class NoGatewayError extends Error {}

export interface Asking {
  readonly dataDir: string;
  readonly request: ControlRequest;
  /** How long the gateway may be silent. */
  readonly timeoutMs: number;
  /** Ends it, with an error. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the gateway of a data directory, and gives the values it answers as they come. Throws what the gateway refuses in its words, and
 * NoGatewayError where there is none. To stop reading closes the connection, which stops what was asked for.
 */
export async function* askGateway({ dataDir, request, timeoutMs, signal }: Asking): AsyncGenerator {
  const socket = net.connect(controlSocketPath(dataDir, process.cwd()));
  socket.setTimeout(timeoutMs, () =>
    socket.destroy(new Error(`the gateway has not answered for ${timeoutMs / 1000} seconds`)),
  );
  const onAbort = (): void => void socket.destroy(new Error('interrupted'));
  signal?.addEventListener('abort', onAbort);
  socket.write(asLine(request));
  const splitter = new LineSplitter(MAX_ANSWER_BYTES);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>)
      for (const line of splitter.split(chunk)) {
        const answer = readAnswer(line);
        if (answer === null) throw new Error('the gateway answers in a way that this version does not know');
        if (answer.type === 'done') return;
        if (answer.type === 'refusal') throw new Error(answer.message);
        yield answer.value;
      }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED')
      throw new NoGatewayError('nobody listens on the control socket', { cause: error });
    if (code === 'EACCES' || code === 'EPERM')
      throw new Error(
        'the control socket may only be used by the user that runs the gateway: run this command as that user',
        { cause: error },
      );
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    socket.destroy();
  }
  throw new Error('the gateway ended before it had answered');
}
