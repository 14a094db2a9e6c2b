// 6. Metrics: counters and latencies for Prometheus, on a port of their own.
//
// Two `listen` pipelines of one file share its objects: the proxy counts, the other port shows.
//
//   tapline examples/06-metrics.js
//   curl http://127.0.0.1:6000/ ; curl http://127.0.0.1:6001/metrics

pipy({
  _begun: 0,
  metrics: { requests: {}, latency: new algo.Percentile([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000]) },
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .onMessageStart(() => _begun = Date.now())
  .encodeHttpRequest()
  .connect(os.env.UPSTREAM ?? '127.0.0.1:8080')
  .decodeHttpResponse()
  .onMessageEnd(() => metrics.latency.score(Date.now() - _begun))
  .onMessageStart(({ head }) => metrics.requests[head.status]++)        // counting on nothing begins at 0

.listen(os.env.METRICS ?? '127.0.0.1:6001')
  .decodeHttpRequest()
  .replaceMessage(() => new Message(
    { headers: { 'content-type': 'text/plain; version=0.0.4' } },
    [
      '# TYPE http_requests_total counter',
      ...Object.entries(metrics.requests).map(([status, count]) => `http_requests_total{status="${status}"} ${count}`),
      '# TYPE http_request_milliseconds gauge',
      ...[50, 90, 99].map(percent => `http_request_milliseconds{quantile="${percent / 100}"} ${metrics.latency.calculate(percent)}`),
      '',
    ].join('\n'),
  ))
  .encodeHttpResponse()
