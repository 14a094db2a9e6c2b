// 12. A child process: what a program makes of the stream.
//
// `exec` runs a program for each connection: bytes go to its standard input, its output comes back. The client's end of stream is the
// program's end of input.
//
//   tapline examples/12-child-process.js
//   printf 'pear\napple\n' | nc -q1 127.0.0.1 6000

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
  .exec(['sort'])
