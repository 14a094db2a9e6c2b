// 13. Static files: a web server with a cache.
//
// `http.File` reads a file of this folder, and the .gz or .br beside it, once. `algo.Cache` keeps what it has made, the most used ones.
//
//   tapline examples/13-static-files/main.js
//   curl http://127.0.0.1:6000/

pipy({
  files: new algo.Cache(path => http.File.from('public' + path), null, { size: 1000, ttl: '10s' }),
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .replaceMessage(({ head }) => (
    (file => file ? file.toMessage(head.headers['accept-encoding']) : new Message({ status: 404 }, 'no such file\n'))(
      files.get(head.path.split('?')[0])
    )
  ))
  .encodeHttpResponse()
