import { plainSubject, SHORT_WARM_UP_SECONDS, type Subject } from './subject.ts';

/** Nothing in between: what load and application can do by themselves. */
export const direct: Subject = {
  name: 'direct',
  warmUpSeconds: SHORT_WARM_UP_SECONDS,
  missing: () => null,
  start: (_, { url }) =>
    Promise.resolve(
      plainSubject({
        url,
        pids: [],
        companionPids: [],
        groupOf: () => 'none',
        stop: () => Promise.resolve(),
      }),
    ),
};
