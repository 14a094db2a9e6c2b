// 14. SOCKS: a proxy that clients tell where to go, within limits.
//
// The callback gets what the client wants, and decides. Both versions on one port each.
//
//   tapline examples/14-socks.js
//   curl --socks5-hostname 127.0.0.1:6000 http://127.0.0.1:8080/
//   curl --socks4a 127.0.0.1:6001 http://127.0.0.1:8080/

pipy({
  _target: '',
  allowed: new Netmask('127.0.0.0/8'),
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .proxySOCKS5('go', (address, port) => (_target = `${address}:${port}`, allowed.contains(address)))

.listen(os.env.LISTEN4 ?? '127.0.0.1:6001')
  .proxySOCKS4('go', (address, port) => (_target = `${address}:${port}`, allowed.contains(address)))

.pipeline('go')
  .connect(() => _target)
