import type { EcsBodyMarks, EcsDocument, EcsMessage } from '../ecs-document.ts';
import { type AttributeLimits, AttributeSet } from './attribute-set.ts';

/** Header fields that become attributes, by lower-case name. */
export type HeaderChoice = ReadonlySet<string> | 'all';

/** What of a record becomes attributes. */
export interface AttributeChoice {
  readonly limits: AttributeLimits;
  /** Other methods become `_OTHER` (semantic conventions for HTTP, `http.request.method`). */
  readonly knownMethods: ReadonlySet<string>;
  readonly requestHeaders: HeaderChoice;
  readonly responseHeaders: HeaderChoice;
  readonly hasBodies: boolean;
}

/** Methods of RFC 9110, and PATCH and QUERY. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** `http.request.method` of a record. */
export function methodOf(document: EcsDocument, { knownMethods }: AttributeChoice): string {
  const method = document.http?.request?.method;
  return method !== undefined && knownMethods.has(method) ? method : '_OTHER';
}

/**
 * Attributes that tell a record apart and let the far end count: run, thread and sequence number have no gap between them. They come
 * first, so that no limit takes them before the rest.
 */
export function identityAttributes(
  document: EcsDocument,
  idName: string,
  limits: AttributeLimits,
): AttributeSet {
  const attributes = new AttributeSet(limits);
  const { tapline, event } = document;
  attributes.set(idName, event.id);
  attributes.set('tapline.run.id', tapline?.run?.id);
  attributes.set('tapline.thread', tapline?.thread);
  attributes.set('tapline.sequence', event.sequence);
  attributes.set('tapline.kind', tapline?.kind);
  attributes.set('tapline.rule', tapline?.rule);
  attributes.set('tapline.capture', tapline?.capture);
  return attributes;
}

/** Adds what the semantic conventions for HTTP servers say of an exchange; what they have no name for stands under `tapline`. */
export function addHttpAttributes(
  attributes: AttributeSet,
  document: EcsDocument,
  choice: AttributeChoice,
): void {
  const { http, url, tapline, client } = document;
  const peer = document.source ?? client;
  const method = methodOf(document, choice);
  const status = http?.response?.status_code;
  attributes.set('http.request.method', method);
  if (method !== http?.request?.method) attributes.set('http.request.method_original', http?.request?.method);
  attributes.set('url.path', url?.path);
  attributes.set('url.scheme', url?.scheme);
  attributes.set('url.query', url?.query);
  attributes.set('http.response.status_code', status);
  attributes.set('error.type', errorTypeOf(document));
  attributes.set('network.protocol.name', document.network?.protocol);
  attributes.set('network.protocol.version', http?.version);
  attributes.set('client.address', emptyAsUndefined(client?.address));
  attributes.set('network.peer.address', emptyAsUndefined(peer?.address));
  attributes.set('network.peer.port', peer?.port);
  if (url?.domain !== undefined) {
    attributes.set('server.address', url.domain);
    attributes.set('server.port', url.port ?? (url.scheme === 'https' ? 443 : 80));
  }
  attributes.set('user_agent.original', document.user_agent?.original);
  attributes.set('http.request.body.size', http?.request?.body?.bytes);
  attributes.set('http.response.body.size', http?.response?.body?.bytes);
  attributes.set('http.request.size', http?.request?.bytes);
  attributes.set('http.response.size', http?.response?.bytes);
  attributes.set('tapline.request.id', http?.request?.id);
  attributes.set('tapline.connection.id', tapline?.connection?.id);
  const upstream = document.server;
  if (upstream?.address !== undefined)
    attributes.set('tapline.upstream', `${upstream.address}:${upstream.port ?? 0}`);
  attributes.set('tapline.request.last_byte', tapline?.request?.last_byte);
  attributes.set('tapline.response.first_byte', tapline?.response?.first_byte);
  attributes.set('tapline.response.from_gateway', tapline?.response?.from_gateway);
  if (choice.hasBodies) {
    addBody(attributes, 'request', http?.request, tapline?.request?.body);
    addBody(attributes, 'response', http?.response, tapline?.response?.body);
  }
  addHeaders(attributes, 'request', http?.request, choice.requestHeaders);
  addHeaders(attributes, 'response', http?.response, choice.responseHeaders);
}

/** `error.type`: the class of what went wrong, else the status of a server error. */
export function errorTypeOf(document: EcsDocument): string | undefined {
  const status = document.http?.response?.status_code;
  return document.error?.type ?? (status !== undefined && status >= 500 ? String(status) : undefined);
}

function addBody(
  attributes: AttributeSet,
  side: 'request' | 'response',
  message: EcsMessage | undefined,
  marks: EcsBodyMarks | undefined,
): void {
  const content = message?.body?.content;
  const isCutHere = content !== undefined && attributes.isTooLong(content);
  // The mark before the body: where attributes are limited, a cut body must not pass for a whole one.
  if (isCutHere || marks?.truncated === true) attributes.set(`tapline.${side}.body.truncated`, true);
  attributes.set(`tapline.${side}.body.dropped`, marks?.dropped);
  attributes.set(`tapline.${side}.body.hash`, marks?.hash);
  attributes.set(`tapline.${side}.body.decode_error`, marks?.decode_error);
  attributes.set(`http.${side}.body.content`, content);
}

function addHeaders(
  attributes: AttributeSet,
  side: 'request' | 'response',
  message: EcsMessage | undefined,
  choice: HeaderChoice,
): void {
  if (message?.headers === undefined || (choice !== 'all' && choice.size === 0)) return;
  for (const [name, value] of Object.entries(message.headers))
    if (choice === 'all' || choice.has(name))
      attributes.set(`http.${side}.header.${name}`, typeof value === 'string' ? [value] : value);
}

function emptyAsUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
