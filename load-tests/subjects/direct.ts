import { plainSubject, type Subject } from './subject.ts';

/** Nothing in between: what load and application can do by themselves. */
export const direct: Subject = {
  name: 'direct',
  missing: () => null,
  start: (_, { url }) =>
    Promise.resolve(plainSubject({ url, pids: [], groupOf: () => 'none', stop: () => Promise.resolve() })),
};
