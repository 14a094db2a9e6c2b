// Counts what passes. `__argv` is what `use` gave.

pipy({ counts: {} })

.pipeline('requests')
  .onMessageStart(() => (
    counts[__argv[0]]++,
    console.log(`${__argv[0]}: ${counts[__argv[0]]} requests, told by ${__filename}`)
  ))
