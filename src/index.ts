/** What embedders may import. */
export { Data } from './core/data.ts';
export { Message, MessageEnd, MessageStart, SessionEnd } from './core/event.ts';
export type { Event, EndError } from './core/event.ts';
export type { FilterDeclaration } from './core/filter.ts';
export type { Clock, Dialer, Log } from './core/ports.ts';
export { startGateway } from './gateway/gateway.ts';
export type { Gateway } from './gateway/gateway.ts';
