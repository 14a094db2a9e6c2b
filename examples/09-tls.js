// 9. TLS both ways: clients speak TLS to us, and we speak TLS to the upstream.
//
// Certificates of upstreams are verified; `trusted` says by whom. `verify: false` would switch it off.
//
//   openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem
//   CERT=cert.pem KEY=key.pem CA=cert.pem tapline examples/09-tls.js
//   curl --cacert cert.pem https://localhost:6000/

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000', {
  tls: {
    cert: os.readFile(os.env.CERT ?? 'cert.pem'),
    key: os.readFile(os.env.KEY ?? 'key.pem'),
  },
})
  .connect(os.env.UPSTREAM ?? 'localhost:8443', {
    tls: { trusted: os.readFile(os.env.CA ?? 'cert.pem'), sni: os.env.SNI ?? 'localhost' },
  })
