/** A record's document as its readers see it: what `src/records/ecs` writes, every part of it missing in some kind of record. */
export interface EcsDocument {
  readonly '@timestamp': string;
  readonly event: {
    readonly id: string;
    readonly sequence: number;
    readonly outcome?: string;
    /** Nanoseconds. */
    readonly duration?: number;
    readonly start?: string;
    readonly end?: string;
  };
  readonly http?: {
    readonly version?: string;
    readonly request?: EcsMessage & { readonly id?: string; readonly method?: string };
    readonly response?: EcsMessage & { readonly status_code?: number };
  };
  readonly url?: {
    readonly original?: string;
    readonly scheme?: string;
    readonly domain?: string;
    readonly port?: number;
    readonly path?: string;
    readonly query?: string;
  };
  readonly trace?: { readonly id?: string };
  /** Of the exchange where the gateway told the server of a span of its own, else of the caller. */
  readonly span?: { readonly id?: string };
  /** The caller's span where `span` is the gateway's own. */
  readonly parent?: { readonly id?: string };
  readonly error?: { readonly type?: string; readonly message?: string };
  readonly user_agent?: { readonly original?: string };
  readonly client?: EcsEndpoint;
  readonly source?: EcsEndpoint;
  readonly server?: EcsEndpoint;
  readonly network?: { readonly protocol?: string };
  readonly tapline?: {
    readonly run?: { readonly id?: string };
    readonly thread?: number;
    readonly kind?: string;
    readonly connection?: { readonly id?: number };
    readonly rule?: string;
    readonly capture?: string;
    readonly injected?: { readonly headers?: Readonly<Record<string, string>> };
    readonly request?: {
      readonly body?: EcsBodyMarks;
      /** Nanoseconds from the start to its end; missing where it did not end. */
      readonly last_byte?: number;
    };
    readonly response?: {
      readonly body?: EcsBodyMarks;
      /** Nanoseconds. */
      readonly first_byte?: number;
      readonly from_gateway?: boolean;
    };
    /** What was found where the head of a refused request should be. */
    readonly refused?: { readonly head?: string; readonly bytes?: number; readonly truncated?: boolean };
    readonly redacted?: number;
    readonly gap?: {
      readonly from?: number;
      readonly to?: number;
      readonly count?: number;
      readonly reason?: string;
      readonly source_bytes?: number;
      readonly destination_bytes?: number;
    };
    /** Of a record that stands for exchanges that a capture rule left without records. */
    readonly summary?: {
      readonly count?: number;
      readonly source_bytes?: number;
      readonly destination_bytes?: number;
      /** Nanoseconds, of all together. */
      readonly duration?: number;
      /** How many by the first digit of their status. */
      readonly status?: Readonly<Record<string, number>>;
    };
  };
}

export interface EcsMessage {
  readonly bytes?: number;
  readonly mime_type?: string;
  readonly body?: { readonly bytes?: number; readonly content?: string };
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface EcsBodyMarks {
  readonly truncated?: boolean;
  readonly dropped?: string;
  readonly hash?: string;
  readonly decode_error?: string;
}

export interface EcsEndpoint {
  readonly address?: string;
  readonly port?: number;
}
