import { Data } from '../core/data.ts';
import type { ListenTls } from '../net/listener.ts';
import type { ListenDeclaration } from '../script/program.ts';

/** The options of a `listen` pipeline (spec language 4.1), checked when the script was loaded. */
export interface ListenOptions {
  readonly tls: ListenTls | null;
  /** Null where the command line decides. */
  readonly reuse: boolean | null;
  /** Connections begin with a PROXY header that tells the real addresses. */
  readonly proxyProtocol: boolean;
  /** Null for the process's own limit. */
  readonly maxConnections: number | null;
}

export function readListenOptions({ options }: Pick<ListenDeclaration, 'options'>): ListenOptions {
  const { tls, reuse, proxyProtocol, maxConnections } = options as {
    tls?: { cert: string | Data; key: string | Data; trusted?: unknown } | null;
    reuse?: unknown;
    proxyProtocol?: unknown;
    maxConnections?: number | null;
  };
  return {
    tls:
      tls === undefined || tls === null
        ? null
        : {
            cert: pem(tls.cert),
            key: pem(tls.key),
            ...(tls.trusted ? { trusted: pems(tls.trusted) } : {}),
          },
    reuse: reuse === undefined || reuse === null ? null : Boolean(reuse),
    proxyProtocol: Boolean(proxyProtocol),
    maxConnections: maxConnections ?? null,
  };
}

function pem(value: unknown): string | Buffer | null {
  if (value instanceof Data) return value.bytes();
  return typeof value === 'string' ? value : null;
}

function pems(value: unknown): (string | Buffer)[] {
  return (Array.isArray(value) ? value : [value]).map(pem).filter((one) => one !== null);
}
