import test from 'ava';
import fc from 'fast-check';
import { parseForwarded } from '../../../src/codecs/forwarded/forwarded-field.ts';
import { formatForwarded, forwardedNode } from '../../../src/codecs/forwarded/forwarded-field.ts';
import { parseHop } from '../../../src/codecs/forwarded/hop.ts';
import { TrustedProxies } from '../../../src/codecs/forwarded/trusted-proxies.ts';

const TRUSTED = new TrustedProxies(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1']);

test('the client is the last address that is no trusted proxy', (t) => {
  const of = (list: string | undefined, field?: string, peer = '10.0.0.1'): unknown => {
    const client = TRUSTED.clientOf(peer, list, field);
    return client === null
      ? null
      : [client.address, client.port, client.isMalformed, client.hasConflict].join(' ');
  };
  t.is(of('203.0.113.7'), '203.0.113.7  false false');
  t.is(of('6.6.6.6, 203.0.113.7, 10.9.9.9'), '203.0.113.7  false false', 'what a client wrote is in front');
  t.is(of('10.1.1.1, 10.2.2.2'), '10.1.1.1  false false', 'all of them proxies: the first');
  t.is(of('203.0.113.7:4711, 10.1.1.1'), '203.0.113.7 4711 false false');
  t.is(of('[2001:db9::7]:80'), '2001:db9::7 80 false false');
  t.is(of('2001:DB9:0::7'), '2001:db9::7  false false', 'in canonical form');
  t.is(of('::ffff:203.0.113.7'), '203.0.113.7  false false');
  t.is(of('203.0.113.7, unknown, 10.1.1.1'), '10.1.1.1  true false', 'never beyond what cannot be read');
  t.is(of('_hidden'), '10.0.0.1  true false');
  t.is(of('203.0.113.7', undefined, '192.0.2.1'), null, 'the peer is no trusted proxy');
  t.is(of(undefined), null);
  t.is(of(' , '), null, 'an empty list tells nothing');
  t.is(
    of(undefined, 'for=6.6.6.6, for="[2001:db9::7]:80";proto=https, for=10.1.1.1'),
    '2001:db9::7 80 false false',
  );
  t.is(of(undefined, 'for="203.0.113.7'), '10.0.0.1  true false');
  t.is(of('203.0.113.7', 'for=203.0.113.8'), '203.0.113.7  false true', 'two words on it are told');
  t.is(of('203.0.113.7', 'for=203.0.113.7'), '203.0.113.7  false false');
});

test('a long chain is not followed without end', (t) => {
  const client = TRUSTED.clientOf('10.0.0.1', `203.0.113.7,${'10.0.0.2,'.repeat(7000)}`, undefined)!;
  t.true(client.isMalformed);
  t.is(client.address, '10.0.0.2');
});

test('what is no network is refused by name', (t) => {
  t.throws(() => new TrustedProxies(['10.0.0.0/8', '10.0.0.0/33']), { message: /10\.0\.0\.0\/33/ });
});

test('hops: nothing but addresses', (t) => {
  for (const bad of [
    '',
    'x',
    '1.2.3',
    '1.2.3.4:',
    '1.2.3.4:99999',
    '[1.2.3.4]',
    '[::1',
    '::1]',
    '01.2.3.4',
    '1.2.3.4 5',
  ])
    t.is(parseHop(bad), null, bad);
});

test('Forwarded: what is written is read back, whatever the host', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii' }).filter((text) => /^[ -~]*$/.test(text)),
      fc.ipV6(),
      (host, address) => {
        const element = formatForwarded({ for: forwardedNode(address), host, proto: 'http' });
        const read = parseForwarded(`for=a, ${element}`)!;
        t.is(read.length, 2);
        t.is(
          read[1]!.pairs.get('for'),
          `[${address}]`.replace(/^\[(.*)\]$/, address.includes(':') ? '[$1]' : '$1'),
        );
        t.is(read[1]!.pairs.get('host'), host);
        t.is(read[1]!.text, element);
      },
    ),
  );
});

test('Forwarded: malformed values are told, in linear time', (t) => {
  for (const bad of ['for="a', 'for', 'for=a b', '=a', 'for=a;for=b', 'for="a"b', '"for"=a'])
    t.is(parseForwarded(bad), null, bad);
  t.deepEqual(parseForwarded('')!, []);
  const began = performance.now();
  parseForwarded(`for="${'\\'.repeat(65_536)}`);
  parseForwarded('for=a;'.repeat(10_000));
  parseForwarded('for=a,'.repeat(10_000));
  t.true(performance.now() - began < 1000);
});
