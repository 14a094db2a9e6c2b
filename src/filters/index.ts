import type { FilterDeclaration } from '../core/filter.ts';
import { captureRequest } from './capture-request.ts';
import { captureResponse } from './capture-response.ts';
import { connect } from './connect.ts';
import { decodeHttpRequest } from './decode-http-request.ts';
import { decodeHttpResponse } from './decode-http-response.ts';
import { encodeHttpRequest } from './encode-http-request.ts';
import { encodeHttpResponse } from './encode-http-response.ts';
import { fork } from './fork.ts';
import { injectRequestHeaders } from './inject-request-headers.ts';
import { inspectHttpRequest } from './inspect-http-request.ts';
import { inspectHttpResponse } from './inspect-http-response.ts';
import { link } from './link.ts';
import { mux } from './mux.ts';
import { onData } from './on-data.ts';
import { onMessageEnd } from './on-message-end.ts';
import { onMessageStart } from './on-message-start.ts';
import { onMessage } from './on-message.ts';
import { onSessionEnd } from './on-session-end.ts';
import { onSessionStart } from './on-session-start.ts';
import { replaceMessage } from './replace-message.ts';
import { demux } from './demux.ts';
import { dummy } from './dummy.ts';
import { onMessageBody } from './on-message-body.ts';
import { replaceData } from './replace-data.ts';
import { replaceMessageBody } from './replace-message-body.ts';
import { replaceMessageEnd } from './replace-message-end.ts';
import { replaceMessageStart } from './replace-message-start.ts';
import { replaceSessionEnd } from './replace-session-end.ts';
import { replaceSessionStart } from './replace-session-start.ts';
import { use } from './use.ts';
import { dump } from './dump.ts';
import { print } from './print.ts';
import { decompressMessageBody } from './decompress-message-body.ts';
import { wait } from './wait.ts';
import { exec } from './exec.ts';
import { tap } from './tap.ts';
import { decodeDubbo } from './decode-dubbo.ts';
import { encodeDubbo } from './encode-dubbo.ts';
import { proxySOCKS4 } from './proxy-socks4.ts';
import { proxySOCKS5 } from './proxy-socks5.ts';
import { decodeRedis } from './decode-redis.ts';
import { encodeRedis } from './encode-redis.ts';

/** Every filter that scripts can use, in the order of the reference. */
export const catalogue: readonly FilterDeclaration[] = [
  captureRequest,
  captureResponse,
  connect,
  decodeDubbo,
  decodeHttpRequest,
  decodeHttpResponse,
  decodeRedis,
  decompressMessageBody,
  demux,
  dummy,
  dump,
  encodeDubbo,
  encodeHttpRequest,
  encodeHttpResponse,
  encodeRedis,
  exec,
  fork,
  injectRequestHeaders,
  inspectHttpRequest,
  inspectHttpResponse,
  link,
  mux,
  onData,
  onMessage,
  onMessageBody,
  onMessageEnd,
  onMessageStart,
  onSessionEnd,
  onSessionStart,
  print,
  proxySOCKS4,
  proxySOCKS5,
  replaceData,
  replaceMessage,
  replaceMessageBody,
  replaceMessageEnd,
  replaceMessageStart,
  replaceSessionEnd,
  replaceSessionStart,
  tap,
  use,
  wait,
];
