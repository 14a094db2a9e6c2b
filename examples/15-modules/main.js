// 15. Modules: a program of several files.
//
// `use` sends the stream through a pipeline of another file. Each file has variables of its own; what it needs to know comes as arguments.
//
//   tapline examples/15-modules/main.js
//   curl -i http://127.0.0.1:6000/

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .use('lib/count.js', 'requests', 'shop')
  .replaceMessage(new Message('done\n'))
  .use('lib/headers.js', 'add', () => [{ 'x-served-by': 'tapline', 'x-client': __inbound.remoteAddress }])
  .encodeHttpResponse()
