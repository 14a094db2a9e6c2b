import test from 'ava';
import { profileHelp, readWish } from '../../../load-tests/profiling/wish.ts';
import { scenarios } from '../../../load-tests/scenarios/index.ts';

const read = (...argv: string[]): ReturnType<typeof readWish> => readWish(argv, scenarios);

test('a tool alone is enough: each looks at what it shows best', (t) => {
  t.like(read('doctor'), { tool: 'doctor', seconds: 5, program: 'gateway', output: 'profiles' });
  t.like(read('flame'), { tool: 'flame', seconds: 5, program: 'data-thread' });
  t.like(read('heap'), { tool: 'heap', program: 'data-thread' });
  t.like(read('bubbleprof'), { tool: 'bubbleprof', seconds: 2, program: 'data-thread' });
  t.is(read('doctor')!.scenario.name, 'reference');
});

test('what is chosen is taken', (t) => {
  const wish = read('flame', '--scenario=small-get', '--seconds=9', '--program=gateway', '--output=there');
  t.like(wish, { tool: 'flame', seconds: 9, program: 'gateway', output: 'there' });
  t.is(wish!.scenario.name, 'small-get');
});

test('what there is not, or what would not work, is refused in words', (t) => {
  const cases: [string[], RegExp][] = [
    [[], /expected one of doctor, flame, bubbleprof, heap$/],
    [['heapprofiler'], /expected one of doctor, flame, bubbleprof, heap, not heapprofiler/],
    [['toString'], /expected one of/],
    [['flame', 'doctor'], /unexpected argument: doctor/],
    [['flame', '--scenario=rush-hour'], /--scenario=rush-hour: there is only reference, /],
    [['flame', '--seconds=0'], /--seconds=0: expected a whole number from 1 to 120/],
    [['flame', '--seconds=soon'], /--seconds=soon: expected a whole number/],
    [['bubbleprof', '--seconds=60'], /--seconds=60: expected a whole number from 1 to 10/],
    [['flame', '--program=main'], /--program=main: there is only gateway, data-thread/],
    [['bubbleprof', '--program=gateway'], /several threads: .* Use --program=data-thread/],
    [['flame', '--open'], /--open/],
  ];
  for (const [argv, message] of cases) t.throws(() => read(...argv), { message }, argv.join(' '));
});

test('help names every tool, program and scenario', (t) => {
  t.is(read('--help'), null);
  const help = profileHelp(scenarios);
  for (const name of ['doctor', 'flame', 'bubbleprof', 'heap', 'gateway', 'data-thread'])
    t.regex(help, new RegExp(`^  ${name} +\\S`, 'm'));
  for (const { name } of scenarios) t.true(help.includes(name));
});
