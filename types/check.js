// Held to by `npm run types`: what the declarations for scripts accept, and what they must not.

pipy({ _path: '' })
  .listen('127.0.0.1:8000', { tls: { cert: os.readFile('a.pem') ?? '', key: 'b' }, proxyProtocol: true })
  .decodeHttpRequest()
  .onMessageStart((start) => start.head.path)
  .onData((data) => data.size)
  .tap(3, () => __inbound?.remoteAddress)
  .demux('x')
  .replaceMessage((message) => new Message({ status: 200 }, message.body))
  .connect('a:1', { retryCount: 3, connectTimeout: '5s', tls: {} })
  .use('a.js', 'b', 1, 2)
  .wait(() => true, { timeout: 5 })
  .encodeHttpResponse();

new algo.RoundRobinLoadBalancer({ a: 1 }, { health: { interval: '5s', path: '/up' } }).select();
new crypto.Hash('sha256').digest('hex').length;
JSON.encode({ a: 1 })?.shift(1).toString('base64');
new XML.Node('a').children;
http.File.from('index.html')?.toMessage('gzip').head;

// @ts-expect-error -- no such filter
pipy().onDate(() => 0);
// @ts-expect-error -- no such option
pipy().connect('a:1', { retryCont: 3 });
// @ts-expect-error -- a callback is a function
pipy().onMessage('callback');
// @ts-expect-error -- no such digest
new crypto.Hash('sha3');
// @ts-expect-error -- no such end
new SessionEnd('Tired');
