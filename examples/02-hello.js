// 2. Hello: an HTTP server in three filters.
//
// Events flow from filter to filter. `decodeHttpRequest` turns bytes into messages: MessageStart (with the head), Data, MessageEnd.
// `replaceMessage` puts another message in the place of each. `encodeHttpResponse` turns messages into bytes again.
//
//   tapline examples/02-hello.js
//   curl http://127.0.0.1:6000/world

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .replaceMessage(request => (
    new Message(
      { headers: { 'content-type': 'text/plain' } },      // the head; status 200 is the default
      'Hello, ' + decodeURIComponent(request.head.path.slice(1) || 'you') + '!\n',
    )
  ))
  .encodeHttpResponse()
