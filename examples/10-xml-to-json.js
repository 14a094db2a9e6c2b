// 10. XML to JSON: bodies in another form.
//
// `replaceMessageBody` collects a body and puts another in its place; the head stays, and `onMessageStart` changes what it says.
//
//   tapline examples/10-xml-to-json.js
//   curl -d '<order id="7"><item>tea</item><item>cups</item></order>' http://127.0.0.1:6000/

pipy({
  // A function is a value like any other, and may call itself.
  json: {
    of: node => typeof node === 'string' ? node : {
      name: node.name,
      ...(node.attributes ? { attributes: node.attributes } : {}),
      children: node.children.map(child => json.of(child)),
    },
  },
})

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .decodeHttpRequest()
  .replaceMessageBody(body => (
    (document => JSON.encode(document ? json.of(document.children[0]) : { error: 'this is no XML' }))(XML.decode(body))
  ))
  .replaceMessageStart(() => new MessageStart({ headers: { 'content-type': 'application/json' } }))
  .encodeHttpResponse()
