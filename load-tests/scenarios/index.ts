import { chunkedAnswer } from './chunked-answer.ts';
import { deadSink } from './dead-sink.ts';
import { gzipAnswer } from './gzip-answer.ts';
import { halfLoad } from './half-load.ts';
import { healthySink } from './healthy-sink.ts';
import { idleConnections } from './idle-connections.ts';
import { jsonPost } from './json-post.ts';
import { largeBodies } from './large-bodies.ts';
import { largeJson } from './large-json.ts';
import { manyConnections } from './many-connections.ts';
import { newConnection } from './new-connection.ts';
import { openPage } from './open-page.ts';
import { pipelined } from './pipelined.ts';
import { reference } from './reference.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { slowReaders } from './slow-readers.ts';
import { slowSink } from './slow-sink.ts';
import { smallGet } from './small-get.ts';
import { soak } from './soak.ts';
import type { Scenario } from './scenario.ts';

/** All scenarios, in the order in which they run: `half-load` needs to know what `reference` gave. */
export const scenarios: readonly Scenario[] = [
  reference,
  halfLoad,
  openPage,
  idleConnections,
  largeBodies,
  smallGet,
  jsonPost,
  largeJson,
  gzipAnswer,
  chunkedAnswer,
  manyConnections,
  newConnection,
  pipelined,
  slowReaders,
  serverSentEvents,
  healthySink,
  deadSink,
  slowSink,
  soak,
];
