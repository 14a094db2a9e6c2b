/** The connection a context was made for (spec language 3.5). Immutable; outlives its socket. */
export interface Inbound {
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** Makes a record of the same class with the same values; on the prototype of every record. */
export const COPY: unique symbol = Symbol('copy');

/** The variables of one module in one context; its class is generated once per module. */
export type VariableRecord = Record<string, unknown> & { [COPY]?(): VariableRecord };

/** Parent and children, for `wait`: told whenever a callback of the group has run or a peer has sent something. */
export class ContextGroup {
  readonly waiters = new Set<() => void>();
  notify(): void {
    if (this.waiters.size > 0) for (const waiter of [...this.waiters]) waiter();
  }
}

/** One record of variables for every module of a program (spec language 3.1). */
export class Context {
  readonly records: VariableRecord[];
  readonly inbound: Inbound | null;
  /** Arguments of `use`, one per module; null where none were given. */
  readonly argv: (unknown[] | null)[];
  readonly group: ContextGroup;

  constructor(
    records: VariableRecord[],
    inbound: Inbound | null,
    argv: (unknown[] | null)[] = [],
    group: ContextGroup = new ContextGroup(),
  ) {
    this.records = records;
    this.inbound = inbound;
    this.argv = argv;
    this.group = group;
  }

  /** A shallow copy of every record (spec language 3.4). `inbound` is inherited unless given. */
  child(inbound: Inbound | null = this.inbound): Context {
    const records = this.records.map((record) => record[COPY]!());
    return new Context(records, inbound, [...this.argv], this.group);
  }
}

/** Points at the context whose event is being handled; rewritten scripts read their variables through it. */
export interface Cursor {
  context: Context;
}
