// 18. An audit of Redis: which commands, on which keys, how they were answered.
//
// The traffic itself passes untouched. Two mirrors decode requests and answers; a connection's answers come in the order of its requests, so
// a list per connection pairs them.
//
//   tapline examples/18-redis-audit.js
//   redis-cli -p 6000 set greeting hello

pipy({
  _asked: null,
  secret: new Set(['AUTH', 'HELLO', 'CONFIG', 'ACL']),      // their arguments are nobody's business
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .onSessionStart(() => _asked = [])
  .fork('request')
  .connect(os.env.UPSTREAM ?? '127.0.0.1:6379')
  .fork('answer')

.pipeline('request')
  .decodeRedis()
  .onMessageStart(({ head }) => _asked.push({
    command: head.command ?? head.type,
    key: secret.has(head.command) ? '(not shown)' : head.args?.[0],
    begun: Date.now(),
  }))

.pipeline('answer')
  .decodeRedis()
  .onMessageStart(({ head }) => head.type !== 'push' && _asked.length > 0 && (
    (({ command, key, begun }) => console.log(
      `${__inbound.remoteAddress} ${command} ${key ?? ''} -> ${head.value?.error ?? head.type} in ${Date.now() - begun} ms`
    ))(_asked.shift())
  ))
