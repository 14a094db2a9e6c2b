// The audit program of the gateway: every byte passes, every exchange becomes one record.
// `tapline init` writes a copy for you to change; `tapline copy.js` runs it.

pipy({
  _exchanges: null,   // the open exchanges of this connection, oldest first
})

// The way of the traffic. The inspectors change no byte: they mark where messages begin and end, refuse what two
// parsers could read differently, and answer where the upstream cannot.
.listen(audit.listen, audit.listenOptions)
  .onSessionStart(() => _exchanges = audit.exchanges(__inbound))
  .inspectHttpRequest(audit.requestLimits)
  .fork('request')
  .injectRequestHeaders(audit.injection)   // nothing unless --inject asks for it
  .connect(audit.upstream, audit.connectOptions)
  .inspectHttpResponse(audit.responseLimits)
  .fork('response')

// The mirrors. A fork is a guest: nothing that happens here is felt by the traffic.
.pipeline('request')
  .captureRequest(() => _exchanges)

.pipeline('response')
  .captureResponse(() => _exchanges)   // one message per finished exchange: its record
  .mux('batch')

// One session for all connections: records are collected and flushed by size and by count ...
.pipeline('batch')
  .onMessage(record => (
    audit.batch.push(record),
    audit.batch.isFull && audit.batch.flush()
  ))

// ... and by time.
.task(audit.flushInterval)
  .onMessageStart(() => audit.batch.flush())
  .replaceMessage(() => new SessionEnd)
