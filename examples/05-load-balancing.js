// 5. Load balancing: several upstreams, and what is down is left out.
//
// A balancer is an object that all connections share. `select` gives the next target; `fail` and `pass` tell it how the target did. After
// three failures a target is down for ten seconds. With `interval` targets are also asked from time to time.
//
//   tapline examples/05-load-balancing.js
//   for i in 1 2 3 4; do curl http://127.0.0.1:6000/; done

pipy({
  _target: '',
  balancer: new algo.RoundRobinLoadBalancer(
    {
      [os.env.UPSTREAM ?? '127.0.0.1:8080']: 1,
      [os.env.UPSTREAM2 ?? '127.0.0.1:8081']: 1,
    },
    { health: { maxFails: 3, failTimeout: '10s', interval: '5s', timeout: '1s' } },
  ),
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .onMessageStart(() => _target = balancer.select())
  .encodeHttpRequest()
  .connect(() => _target)
  .decodeHttpResponse()
  .onMessageStart(({ head }) => head.status < 500 ? balancer.pass(_target) : balancer.fail(_target))
