import type { RequestHead } from '../../codecs/http1/head.ts';

/** Where applications answer whether they are well. */
const PATHS = new Set([
  '/healthz',
  '/livez',
  '/readyz',
  '/startupz',
  '/health',
  '/health/live',
  '/health/ready',
  '/health/started',
  '/-/healthy',
  '/-/ready',
  '/actuator/health',
  '/actuator/health/liveness',
  '/actuator/health/readiness',
  '/_health',
  '/ping',
]);

/** Kubernetes, AWS load balancers and Route 53, Google Cloud, Azure, Consul, HAProxy and other watchers. */
const AGENTS =
  /^(?:kube-probe\/|ELB-HealthChecker\/|Amazon-Route53-Health-Check-Service|GoogleHC\/|Google-Cloud-Health-Check|Load Balancer Agent|Edge Health Probe|Consul Health Check|HAProxy-health|UptimeRobot\/|Blackbox Exporter\/)/i;

/** Bytes of a request that only asks whether one is well are few; whoever has credentials or a body wants more. */
const TELLING = ['authorization', 'cookie', 'content-length', 'transfer-encoding', 'upgrade'] as const;

/**
 * Whether a request looks like a health check: GET or HEAD without query, body, cookie and credentials, of a well-known path or by a
 * well-known agent. Clients can say that they are one: a rule that must not be evaded names the path too.
 */
export function isHealthCheck(head: RequestHead, path: string): boolean {
  if (head.method !== 'GET' && head.method !== 'HEAD') return false;
  if (head.path.includes('?')) return false;
  if (!PATHS.has(path) && !AGENTS.test(head.header('user-agent') ?? '')) return false;
  return TELLING.every((name) => head.header(name) === undefined);
}
