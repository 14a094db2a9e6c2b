// 7. Logging in batches: every exchange becomes a line of JSON, many lines one request to a collector.
//
// `fork` shows a copy of the events to another pipeline; what happens there does not touch the traffic. `mux` brings the messages of all
// connections into one shared session. A `task` runs by the clock.
//
// The audit program of Tapline does the same and more: it keeps records on disk and accounts for each (examples/19-traffic-audit.js).
//
//   tapline examples/07-logging.js
//   nc -lk 9200                                    # stands for the collector
//   curl -d hello http://127.0.0.1:6000/

pipy({
  _asked: null,                                     // requests without an answer, oldest first
  batch: { lines: [], dropped: 0 },
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .onSessionStart(() => _asked = [])                // a list of its own for each connection
  .decodeHttpRequest()
  .onMessage(request => _asked.push({ request, begun: Date.now() }))
  .link('upstream')                                 // one connection there for each of ours
  .fork('record')
  .encodeHttpResponse()

.pipeline('upstream')
  .encodeHttpRequest()
  .connect(os.env.UPSTREAM ?? '127.0.0.1:8080')
  .decodeHttpResponse()

.pipeline('record')
  .replaceMessage(response => (
    (({ request, begun }) => new Message({
      time: new Date(begun).toISOString(),
      duration: Date.now() - begun,
      client: __inbound.remoteAddress,
      request: { method: request.head.method, path: request.head.path, body: request.body.toString() },
      response: { status: response.head.status, body: response.body.toString() },
    }))(_asked.shift())                             // answers come in the order of the requests
  ))
  .mux('collect')

.pipeline('collect')                                // one session for all connections
  .onMessage(({ head }) => (
    batch.lines.length < 10000 ? batch.lines.push(JSON.stringify(head)) : batch.dropped++     // every buffer has a bound
  ))

.task(os.env.FLUSH ?? '1s')
  .link(
    'send', () => batch.lines.length > 0,
    'rest',
  )

.pipeline('send')
  .replaceMessage(() => new Message(
    { method: 'POST', path: '/logs', headers: { host: 'collector', 'content-type': 'application/x-ndjson' } },
    batch.lines.splice(0).join('\n') + '\n',
  ))
  .encodeHttpRequest()
  .connect(os.env.COLLECTOR ?? '127.0.0.1:9200', { connectTimeout: '2s', idleTimeout: '5s' })
  .decodeHttpResponse()
  .onMessageStart(({ head }) => head.status >= 300 && console.log('the collector says', head.status))
  .replaceMessage(() => new SessionEnd)             // the run is over; the next tick begins another

.pipeline('rest')
  .replaceMessage(() => new SessionEnd)
