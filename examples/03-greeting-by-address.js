// 3. Greeting by address: variables, and who is there.
//
// What `pipy` is given are the variables of this file. Numbers and texts begin anew with every connection (_count); objects are the same for
// all (totals). `__inbound` is the connection.
//
//   tapline examples/03-greeting-by-address.js
//   curl http://127.0.0.1:6000/ http://127.0.0.1:6000/

pipy({
  _count: 0,                                        // one for each connection
  totals: { connections: 0 },                       // one for the process
  home: new Netmask('127.0.0.0/8'),
  office: new Netmask('10.0.0.0/8'),
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .onSessionStart(() => totals.connections++)       // the first event of a connection
  .decodeHttpRequest()
  .onMessageStart(() => _count++)
  .replaceMessage(() => new Message(
    (
      home.contains(__inbound.remoteAddress) ? 'Welcome home' :
      office.contains(__inbound.remoteAddress) ? 'Good day' :
      'Hello, stranger'
    ) +
    `: request ${_count} of connection ${totals.connections}\n`
  ))
  .encodeHttpResponse()
