import test from 'ava';
import fc from 'fast-check';
import { parseRoute } from '../../../../../src/admin/ui/route.ts';
import { fileName } from '../../../../../src/admin/ui/traffic/record/file-name.ts';
import {
  comparingAddress,
  deepLink,
  recordAddress,
} from '../../../../../src/admin/ui/traffic/record/record-address.ts';
import { traceAddress } from '../../../../../src/admin/ui/traffic/record/trace-address.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

test('a record opens beside the list as it is', (t) => {
  const route = parseRoute('#/traffic?query=status%3E%3D500&record=old');
  t.is(recordAddress('new', route), '#/traffic?query=status%3E%3D500&record=new');
  t.is(comparingAddress('old', route), '#/traffic?query=status%3E%3D500&record=old&compare=old');
  t.is(
    deepLink('new', 'http://127.0.0.1:8001/#/traffic?query=x'),
    'http://127.0.0.1:8001/#/traffic?record=new',
  );
});

test('a trace leads to an address of http only', (t) => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  t.is(traceAddress('https://jaeger.test/trace/{trace}', trace), `https://jaeger.test/trace/${trace}`);
  for (const template of [
    null,
    'javascript:alert("{trace}")',
    'data:text/html,{trace}',
    '{trace}',
    'no address',
  ])
    t.is(traceAddress(template, trace), null);
  fc.assert(
    fc.property(HOSTILE_TEXT, (id) => {
      const address = traceAddress('https://jaeger.test/trace/{trace}', id);
      t.true(address === null || /^https:\/\/jaeger\.test\/trace\/[0-9a-z_-]+$/i.test(address));
    }),
  );
});

test('whatever the id, the name of a download is one', (t) => {
  t.is(fileName('01a214b4-ac23', 'har'), 'tapline-01a214b4-ac23.har');
  fc.assert(
    fc.property(HOSTILE_TEXT, (id) => {
      t.regex(fileName(id, 'json'), /^tapline-[0-9A-Za-z-]{1,64}\.json$/);
    }),
  );
});
