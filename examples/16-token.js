// 16. A guard: only who has a valid token comes in.
//
// The signature says that the token is ours, `exp` that it is not old. Anything else is answered here; the application never sees it.
//
//   SECRET=... tapline examples/16-token.js
//   curl -i -H "authorization: Bearer $TOKEN" http://127.0.0.1:6000/

pipy({
  _reason: '',
  check: {
    reason: header => (
      !header?.startsWith('Bearer ') ? 'no token' :
      (token => (
        !token.verify(os.env.SECRET ?? 'secret', { algorithms: ['HS256'] }) ? 'a token that is not ours' :
        !(token.payload.exp > Date.now() / 1000) ? 'a token that has expired' :
        ''
      ))(new crypto.JWT(header.slice(7)))
    ),
  },
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .onMessageStart(({ head }) => _reason = check.reason(head.headers.authorization))
  .link(
    'forward', () => _reason === '',
    'refuse',
  )

.pipeline('forward')
  .encodeHttpRequest()
  .connect(os.env.UPSTREAM ?? '127.0.0.1:8080')
  .decodeHttpResponse()

.pipeline('refuse')
  .replaceMessage(() => new Message({ status: 401, headers: { 'www-authenticate': 'Bearer' } }, _reason + '\n'))
