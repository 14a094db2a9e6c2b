// Adds headers to answers.

pipy()

.pipeline('add')
  .replaceMessageStart(({ head }) => new MessageStart({ ...head, headers: { ...head?.headers, ...__argv[0] } }))
