// 4. Routing proxy: where a request goes is decided by its host and path.
//
// `demux` gives every request a session of its own, in a copy of the variables, and keeps the answers in order. `link` chooses a pipeline and
// becomes it. Without `demux` the choice would hold for the whole connection.
//
//   tapline examples/04-routing-proxy.js
//   curl http://127.0.0.1:6000/api/users   http://127.0.0.1:6000/elsewhere

pipy({
  _target: '',
  router: new algo.URLRouter({
    '/api/*': os.env.UPSTREAM ?? '127.0.0.1:8080',
    'static.test/*': '127.0.0.1:8081',
  }),
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .onMessageStart(({ head }) => (
    _target = router.find(head.headers.host, head.path),
    head.headers['x-forwarded-for'] = __inbound.remoteAddress     // heads are shared: this changes what goes on
  ))
  .link(
    'forward', () => _target,
    'unknown',
  )

.pipeline('forward')
  .encodeHttpRequest()
  .connect(() => _target)
  .decodeHttpResponse()           // an upstream that cannot be reached is an answer too: 503

.pipeline('unknown')
  .replaceMessage(new Message({ status: 404 }, 'no route\n'))
