// 17. Approval: another service is asked before a request goes on.
//
// `fork` shares the variables with its pipeline: the answer that comes there sets `_verdict`, and `wait` lets the request go.
//
//   tapline examples/17-approval.js
//   curl -i http://127.0.0.1:6000/

pipy({
  _verdict: 0,
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .fork('ask')
  .wait(() => _verdict > 0, { timeout: '5s' })
  .link(
    'forward', () => _verdict === 200,
    'refuse',
  )

.pipeline('ask')
  .replaceMessage(({ head }) => new Message({ method: 'GET', path: '/allow?path=' + encodeURIComponent(head.path), headers: { host: 'approval' } }))
  .encodeHttpRequest()
  .connect(os.env.APPROVAL ?? '127.0.0.1:8081', { connectTimeout: '1s' })
  .decodeHttpResponse()
  .onMessageStart(({ head }) => _verdict = head.status)

.pipeline('forward')
  .encodeHttpRequest()
  .connect(os.env.UPSTREAM ?? '127.0.0.1:8080')
  .decodeHttpResponse()

.pipeline('refuse')
  .replaceMessage(() => new Message({ status: 403 }, 'not allowed\n'))
