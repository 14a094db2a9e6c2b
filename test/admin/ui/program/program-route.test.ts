import test from 'ava';
import fc from 'fast-check';
import { addressOf, placeOf, type ProgramPlace } from '../../../../src/admin/ui/program/program-route.ts';
import { parseRoute } from '../../../../src/admin/ui/route.ts';

const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed());
const count = fc.option(fc.integer({ min: 1, max: 1e6 }));
const place: fc.Arbitrary<ProgramPlace> = fc.oneof(
  fc.constant({ part: 'console' as const }),
  fc.record({
    part: fc.constant('editor' as const),
    path: fc.option(
      fc
        .array(
          name.map((text) => text.replaceAll('/', '_')),
          { minLength: 1 },
        )
        .map((names) => `/${names.join('/')}`),
    ),
    line: count,
    column: count,
  }),
  fc.tuple(fc.option(name), fc.option(name)).map(([module, pipeline]) => ({
    part: 'running' as const,
    module,
    pipeline: module === null ? null : pipeline,
  })),
);

test('every place has an address that leads back to it', (t) => {
  fc.assert(
    fc.property(place, (wanted) => {
      t.deepEqual(placeOf(parseRoute(addressOf(wanted))), wanted);
    }),
  );
});

test('what is no place is what runs, and what is no line is none', (t) => {
  t.deepEqual(placeOf(parseRoute('#/program')), { part: 'running', module: null, pipeline: null });
  t.deepEqual(placeOf(parseRoute('#/program/else/x')), { part: 'running', module: 'x', pipeline: null });
  t.deepEqual(placeOf(parseRoute('#/program/editor/lib/a.js?line=3&column=-1')), {
    part: 'editor',
    path: '/lib/a.js',
    line: 3,
    column: null,
  });
});
