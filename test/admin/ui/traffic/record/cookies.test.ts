import test from 'ava';
import { readCookies } from '../../../../../src/admin/ui/traffic/record/cookies.ts';

test('cookies of a client and of a server', (t) => {
  t.deepEqual(
    readCookies([
      { name: 'cookie', value: 'a=1; b=x=y; flag' },
      { name: 'Set-Cookie', value: 'sid=REDACTED; Path=/; HttpOnly' },
      { name: 'set-cookie', value: 'REDACTED' },
      { name: 'other', value: 'c=3' },
    ]),
    [
      { name: 'a', value: '1', attributes: [] },
      { name: 'b', value: 'x=y', attributes: [] },
      { name: 'sid', value: 'REDACTED', attributes: ['Path=/', 'HttpOnly'] },
    ],
  );
});
