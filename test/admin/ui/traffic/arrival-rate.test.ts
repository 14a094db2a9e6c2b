import test from 'ava';
import { ArrivalRate } from '../../../../src/admin/ui/traffic/arrival-rate.ts';

test('it is the mean over the last whole seconds', (t) => {
  const rate = new ArrivalRate();
  const seen: number[] = [];
  for (let second = 100; second < 110; second++) {
    rate.add(second < 105 ? 10 : 30, second * 1000 + 500);
    seen.push(rate.perSecond((second + 1) * 1000));
  }
  t.deepEqual(seen, [2, 4, 6, 8, 10, 14, 18, 22, 26, 30]);
  t.is(rate.perSecond(112_500), 18);
  t.is(rate.perSecond(200_000), 0);
});

test('the second of now does not count yet', (t) => {
  const rate = new ArrivalRate();
  rate.add(1000, 50_100);
  t.is(rate.perSecond(50_900), 0);
  t.is(rate.perSecond(51_000), 200);
});
