import type { FilterDeclaration } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';

/** The end of a stream that nobody needs (spec filters, dummy). */
export const dummy: FilterDeclaration = {
  name: 'dummy',
  origin: 'spec',
  summary: 'Consumes everything and emits nothing.',
  parameters: [],
  examples: [
    "pipy().listen(8000).fork('log').connect('127.0.0.1:80').pipeline('log').onData(data => console.log(data.size)).dummy()",
  ],
  prepare: () => () => new Dummy(),
};

class Dummy extends Stage {
  receive(): void {}
}
