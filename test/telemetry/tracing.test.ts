import { metrics, trace } from '@opentelemetry/api';
import test from 'ava';
import { NO_TRACING } from '../../src/telemetry/tracing.ts';
import { quiet } from '../support/records.ts';
import { startCollector } from './scripted-collector.ts';

interface SentSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: object;
  readonly attributes: object[];
}

test('without OTLP what is to be done is done', async (t) => {
  t.is(await NO_TRACING.span('x', {}, () => Promise.resolve(3)), 3);
  await t.throwsAsync(
    NO_TRACING.span('x', {}, () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
});

test('spans with their parents, what they cost and how they failed; nobody else is traced', async (t) => {
  const collector = await startCollector(t);
  // The SDK reads the environment of the process.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
  process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
  process.env['OTEL_METRICS_EXPORTER'] = 'none';
  const { OpenTelemetry } = await import('../../src/telemetry/open-telemetry.ts');
  const telemetry = new OpenTelemetry({
    collect: () => [],
    serviceName: 'tapline',
    version: '1',
    startMs: 0,
    env: process.env,
    log: quiet,
  });
  t.false(trace.getTracer('somebody').startSpan('foreign').isRecording());
  metrics.getMeter('somebody').createCounter('foreign').add(1);
  telemetry.past('start', { 'tapline.threads': 2 }, 1000, 1500);
  const given = await telemetry.span('outer', {}, async () => {
    await t.throwsAsync(
      telemetry.span('inner', {}, () => Promise.reject(new TypeError('canary'))),
      { message: 'canary' },
      'the error goes on to who called',
    );
    return 'given';
  });
  t.is(given, 'given');
  t.true(await telemetry.stop(5000));
  t.true(await telemetry.stop(5000));
  const spans = collector.received.flatMap(({ body }) =>
    (
      JSON.parse(body.toString()) as {
        resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
      }
    ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  t.deepEqual(
    spans.map(({ name }) => name),
    ['start', 'inner', 'outer'],
  );
  const [start, inner, outer] = spans;
  t.is(BigInt(start!.endTimeUnixNano) - BigInt(start!.startTimeUnixNano), 500_000_000n);
  t.is(inner!.parentSpanId, outer!.spanId);
  t.deepEqual(inner!.attributes, [{ key: 'error.type', value: { stringValue: 'TypeError' } }]);
  t.deepEqual(inner!.status, { code: 2 });
  t.false(JSON.stringify(spans).includes('canary'));
  t.deepEqual([...new Set(collector.received.map(({ path }) => path))], ['/v1/traces']);
});
