import type { HealthSources } from '../admin/api/health/health-endpoints.ts';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { systemClock } from '../gateway/system-clock.ts';
import { VERSION } from '../gateway/version.ts';
import type { HealthReport } from '../telemetry/health-report.ts';
import { HealthSampling } from '../telemetry/health-sampling.ts';
import { MetricRegistry } from '../telemetry/metric-registry.ts';
import type { OpenTelemetry } from '../telemetry/open-telemetry.ts';
import { isSentByOtlp } from '../telemetry/otlp-environment.ts';
import { observeProcess } from '../telemetry/process-metrics.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';

/** How long a collector may take for the last metrics and spans. */
const LAST_WORDS_MS = 2000;

/** What is left of the process when everything is done holds it for so long at most. */
const LINGER_MS = 100;

const STARTING: HealthReport = { state: 'starting', threads: [], sinks: [], spool: null };

/** What the gateway counts and says about itself: its metrics, its health, and metrics and spans by OTLP where the variables ask for it. */
export class OwnTelemetry {
  readonly metrics = new MetricRegistry();
  readonly tracing: Tracing = {
    span: (name, attributes, fn) => (this.#openTelemetry ?? NO_TRACING).span(name, attributes, fn),
  };
  readonly #options: Options;
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: Log;
  readonly #unobserve: () => void;
  readonly #startMs = performance.timeOrigin;
  #gateway: Pick<Gateway, 'health' | 'traffic' | 'recording'> | null = null;
  #sampling: HealthSampling | null = null;
  #loading: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  #openTelemetry: OpenTelemetry | null = null;

  constructor(options: Options, env: NodeJS.ProcessEnv, log: Log) {
    this.#options = options;
    this.#env = env;
    this.#log = log;
    this.#unobserve = observeProcess(this.metrics);
  }

  /** `starting` until the gateway runs. */
  health(): HealthReport {
    return this.#gateway?.health() ?? STARTING;
  }

  /** The gateway runs. Only now the SDK of OpenTelemetry is loaded, so that it delays no start. */
  serve(gateway: Pick<Gateway, 'health' | 'traffic' | 'recording'>): void {
    this.#gateway = gateway;
    // Whether or not somebody looks, but only where somebody can.
    if (this.#options.guiPort !== null)
      this.#sampling = new HealthSampling(() => this.metrics.collect(), this.#traffic(), systemClock);
    if (!isSentByOtlp('metrics', this.#env) && !isSentByOtlp('traces', this.#env)) return;
    const runningMs = Date.now();
    this.#loading = this.#load(runningMs).catch((error: unknown) =>
      this.#log.write(
        'error',
        `[otlp] the gateway's own metrics and spans are not sent: ${(error as Error).message}`,
      ),
    );
  }

  /** What `/api/health` and `/api/metrics` are told from. */
  healthSources(): HealthSources {
    return {
      metrics: () => this.metrics.collect(),
      health: () => this.health(),
      history: () => this.#sampling?.history ?? null,
      traffic: () => this.#traffic(),
      recording: () => this.#gateway?.recording ?? 'unknown',
      deliveryBudgetBytes: this.#options.deliveryBudgetBytes,
      startedMs: this.#startMs,
      nowMs: () => systemClock.wallMs(),
    };
  }

  /** Null where nobody looks at requests. */
  #traffic(): Gateway['traffic'] | null {
    return this.#gateway?.recording === 'on' ? this.#gateway.traffic : null;
  }

  /** Says the last of it. Safe at any time and twice. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#sampling?.stop();
    await this.#loading;
    const isOver = await (this.#openTelemetry?.stop(LAST_WORDS_MS) ?? Promise.resolve(true));
    if (!isOver) {
      this.#log.write(
        'warn',
        `[otlp] the collector did not take the gateway's last metrics and spans in ${LAST_WORDS_MS} ms; they are given up`,
      );
      // It goes on trying, and nothing can stop it but this.
      setTimeout(() => process.exit(), LINGER_MS).unref();
    }
    this.#unobserve();
  }

  async #load(runningMs: number): Promise<void> {
    const { OpenTelemetry } = await import('../telemetry/open-telemetry.ts');
    this.#openTelemetry = new OpenTelemetry({
      collect: () => this.metrics.collect(),
      serviceName: this.#options.serviceName,
      version: VERSION,
      startMs: this.#startMs,
      env: this.#env,
      log: this.#log,
    });
    this.#openTelemetry.past(
      'tapline.start',
      { 'tapline.threads': this.#options.threads },
      this.#startMs,
      runningMs,
    );
  }
}
