// 11. Dubbo: a service that answers calls of another protocol.
//
// Codecs come in pairs. The head of a Dubbo message has an id, which the answer repeats; the body is a list of Hessian values.
//
//   tapline examples/11-dubbo.js

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeDubbo()
  .replaceMessage(({ head, body }) => (
    head.isEvent
      ? new Message({ ...head, isRequest: false, status: 20 }, Hessian.encode(null))              // a heartbeat
      : (([version, service, , method]) => new Message(
          { id: head.id, isRequest: false, isTwoWay: false, status: 20 },
          Hessian.encode([1, `${service}.${method} was called, Dubbo ${version}`]),
        ))(Hessian.decode(body))
  ))
  .encodeDubbo()
