/** What `/api/info` answers: what the page needs to know once. */
export interface GatewayInfo {
  readonly version: string;
  /** Changes with each start of the process. */
  readonly startedMs: number;
  /** `http://127.0.0.1:3000`; null where a script decides. */
  readonly upstream: string | null;
  /** Where clients connect: `http://127.0.0.1:8000`. */
  readonly listening: readonly string[];
  /** False where nothing is recorded, or no store keeps it. */
  readonly hasStore: boolean;
  /** `https://jaeger.example/trace/{trace}`; null without `--trace-url`. */
  readonly traceUrl: string | null;
}
