/** What a client may send, sound and unsound. */
export const REQUEST_PIECES = [
  'GET /a HTTP/1.1\r\nHost: x\r\n\r\n',
  'HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
  'POST /c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n',
  'PUT /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n',
  'POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nshort',
  'GET /f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /g HTTP/1.0\r\n\r\n',
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'GET /half HTTP/1.1\r\nHo',
  '\r\n',
  '\r\n\r\n\r\n',
  '\0\x16\x03\x01garbage',
];

/** What an upstream may do with a connection, whatever it is asked. */
export const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut',
  'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'nonsense\r\n\r\n',
  '',
];
