// 19. A traffic audit: the program that Tapline runs by itself, with one change of our own.
//
// `audit` has the gateway's options and the way into its records. The inspectors change no byte of the traffic; the mirrors make a record of
// each exchange, which is kept on disk, delivered and accounted for. Our change: exchanges that took long get a tag.
//
//   tapline --upstream=http://127.0.0.1:8080 --listen=127.0.0.1:6000 examples/19-traffic-audit.js
//   curl http://127.0.0.1:6000/
//   tapline records --json | grep slow

pipy({
  _exchanges: null,
  slow: Number(os.env.SLOW_MS ?? 500) * 1e6,       // durations of records are nanoseconds
  tagged: record => record.event.duration >= slow ? { ...record, tags: ['slow'] } : record,
})

.listen(audit.listen, audit.listenOptions)
  .onSessionStart(() => _exchanges = audit.exchanges(__inbound))
  .inspectHttpRequest(audit.requestLimits)
  .fork('request')
  .connect(audit.upstream, audit.connectOptions)
  .inspectHttpResponse(audit.responseLimits)
  .fork('response')

.pipeline('request')
  .captureRequest(() => _exchanges)

.pipeline('response')
  .captureResponse(() => _exchanges)               // a message for each exchange: its body is the record
  .replaceMessageBody(record => JSON.encode(tagged(JSON.decode(record))))
  .mux('batch')

.pipeline('batch')
  .onMessage(record => (
    audit.batch.push(record),
    audit.batch.isFull && audit.batch.flush()
  ))

.task(audit.flushInterval)
  .onMessageStart(() => audit.batch.flush())
  .replaceMessage(() => new SessionEnd)
