import type { HealthReport } from '../telemetry/health-report.ts';
import type { MetricSnapshot } from '../telemetry/metric-registry.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from '../telemetry/prometheus-text.ts';
import { readiness, sickness } from './readiness.ts';

/** What the admin port tells of; asked at each request. */
export interface AdminSources {
  readonly metrics: () => readonly MetricSnapshot[];
  readonly health: () => HealthReport;
}

export interface AdminRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** The field `Host`; empty where there is none. */
  readonly host: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';

const PAGES: Readonly<Record<string, (sources: AdminSources) => AdminAnswer>> = {
  '/metrics': ({ metrics }) => answer(200, PROMETHEUS_CONTENT_TYPE, prometheusText(metrics())),
  '/healthz': ({ health }) => {
    const sick = sickness(health());
    return sick === null ? answer(200, TEXT, 'ok\n') : answer(503, TEXT, `${sick}\n`);
  },
  '/readyz': ({ health }) => {
    const ready = readiness(health());
    return answer(
      ready.status === 'ready' ? 200 : 503,
      'application/json; charset=utf-8',
      `${JSON.stringify(ready, null, 2)}\n`,
    );
  },
};

/** The paths that are answered. */
export const ADMIN_PATHS: readonly string[] = Object.keys(PAGES);

/**
 * @param isLoopback bound where only this machine comes in: then `Host` must name this machine, or a page in a browser could read the answer
 *   under a name that it has pointed here (DNS rebinding)
 */
export function adminAnswer(request: AdminRequest, isLoopback: boolean, sources: AdminSources): AdminAnswer {
  // Old probes send none; browsers always do.
  if (isLoopback && request.host !== '' && !isLoopbackHost(request.host))
    return answer(403, TEXT, 'This port answers only to localhost, 127.0.0.1 and [::1].\n');
  const path = request.target.split('?', 1)[0]!;
  if (!Object.hasOwn(PAGES, path))
    return answer(404, TEXT, `There is nothing here. There are ${ADMIN_PATHS.join(', ')}.\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const refusal = answer(405, TEXT, 'Only GET and HEAD are answered here.\n');
    return { ...refusal, headers: { ...refusal.headers, Allow: 'GET, HEAD' } };
  }
  return PAGES[path]!(sources);
}

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}

function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}

function answer(status: number, contentType: string, body: string): AdminAnswer {
  return {
    status,
    headers: {
      'Content-Type': contentType,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
    body,
  };
}
