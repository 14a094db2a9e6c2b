// 1. Echo: the smallest program.
//
// A program is one expression. `pipy()` begins it, `listen` begins a pipeline for every connection of a port. A pipeline without filters
// sends back what comes in.
//
//   tapline examples/01-echo.js
//   echo hello | nc -q1 127.0.0.1 6000
//
// All examples listen on port 6000 and ask an upstream on port 8080; the variables LISTEN and UPSTREAM say otherwise.

pipy()

.listen(os.env.LISTEN ?? '127.0.0.1:6000')
