// The gateway with capture off: the same inspection, no records.

pipy()

.listen(audit.listen, audit.listenOptions)
  .inspectHttpRequest(audit.requestLimits)
  .injectRequestHeaders(audit.injection)
  .connect(audit.upstream, audit.connectOptions)
  .inspectHttpResponse(audit.responseLimits)
