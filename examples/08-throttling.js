// 8. Throttling: so many requests a second, for each client.
//
// `tap` lets a number of messages pass each second (or bytes: '100k'); the rest waits its turn, and its connection is not read meanwhile. The
// second argument names whose budget it is.
//
//   tapline examples/08-throttling.js
//   time curl "http://127.0.0.1:6000/[1-10]"

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .tap(5, () => __inbound.remoteAddress)
  .replaceMessage(new Message('in time\n'))
  .encodeHttpResponse()
