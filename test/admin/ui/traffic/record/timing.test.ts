import test from 'ava';
import fc from 'fast-check';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import { type Timing, timingOf } from '../../../../../src/admin/ui/traffic/record/timing.ts';
import { EXCHANGE, exchangeWith } from '../../../../support/shown-documents.ts';

function partsOf(timing: Timing | null): string[] {
  return timing!.phases.map(
    ({ kind, fromNs, toNs, reaches }) => `${kind} ${fromNs / 1e6}-${toNs / 1e6} ${reaches}`,
  );
}

const of = (changes: object): Timing | null => timingOf(readRecord(exchangeWith(changes)));

test('request, waiting, answer', (t) => {
  const timing = timingOf(readRecord(EXCHANGE))!;
  t.deepEqual(partsOf(timing), [
    'request 0-10 request complete',
    'waiting 10-90 first byte',
    'answer 90-100 last byte',
  ]);
  t.is(timing.verdict, '80 % of the time the gateway waited for the application to begin its answer.');
  t.is(timing.unknown, null);
});

test('where the end of the request is not known, two parts are one', (t) => {
  const timing = of({ tapline: { request: { last_byte: undefined } } })!;
  t.deepEqual(partsOf(timing), ['unknown 0-90 first byte', 'answer 90-100 last byte']);
  t.is(timing.unknown, 'When the request was complete is not known.');
});

test('an answer that begins before its request is complete', (t) => {
  t.deepEqual(partsOf(of({ tapline: { request: { last_byte: 95e6 }, response: { first_byte: 20e6 } } })), [
    'request 0-20 first byte',
    'both 20-95 request complete',
    'answer 95-100 last byte',
  ]);
});

test('no answer, a slow client, a slow answer', (t) => {
  const silent = of({ tapline: { response: { first_byte: undefined } } })!;
  t.deepEqual(partsOf(silent), ['request 0-10 request complete', 'waiting 10-100 null']);
  t.is(silent.verdict, '90 % of the time the gateway waited for an answer that did not come.');
  t.is(silent.unknown, 'No answer was seen.');
  const upload = of({ tapline: { request: { last_byte: 80e6 } } })!;
  t.is(upload.verdict, '80 % of the time the client was sending its request.');
  const stream = of({ tapline: { response: { first_byte: 11e6 } } })!;
  t.regex(stream.verdict!, /^89 % of the time the answer was on its way/);
});

test('what broke off is explained by its error, and nearly all is not all', (t) => {
  const changes = {
    event: { duration: 10e9 },
    tapline: { request: { last_byte: 0 }, response: { first_byte: 1e6 } },
  };
  t.is(of({ ...changes, error: { type: 'connection-broken', message: '' } })!.verdict, null);
  t.regex(of(changes)!.verdict!, /^Over 99 % of the time the answer was on its way/);
});

test('refusals and tunnels have their own parts; gaps have none', (t) => {
  t.deepEqual(partsOf(of({ tapline: { kind: 'refusal', response: { from_gateway: true } } })), [
    'request 0-90 first byte',
    'answer 90-100 last byte',
  ]);
  t.deepEqual(
    partsOf(of({ tapline: { kind: 'tunnel', response: { first_byte: 20e6 } } })).at(-1),
    'tunnel 20-100 last byte',
  );
  t.is(of({ tapline: { gap: { count: 1 } } }), null);
  t.is(of({ event: { duration: undefined } }), null);
});

test('what is fast needs no verdict', (t) => {
  t.is(
    of({ event: { duration: 1e6 }, tapline: { request: { last_byte: 0 }, response: { first_byte: 9e5 } } })!
      .verdict,
    null,
  );
});

test('whatever a record says, the parts follow each other and make up the whole', (t) => {
  const ns = fc.option(fc.double({ min: 0, max: 1e10, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e10, noNaN: true }),
      ns,
      ns,
      fc.constantFrom('exchange', 'refusal', 'tunnel'),
      (duration, last, first, kind) => {
        const timing = of({
          event: { duration },
          tapline: { kind, request: { last_byte: last }, response: { first_byte: first } },
        })!;
        let at = 0;
        for (const { fromNs, toNs, share } of timing.phases) {
          t.is(fromNs, at);
          t.true(toNs >= fromNs && share >= 0 && share <= 1);
          at = toNs;
        }
        t.is(at, duration);
      },
    ),
  );
});
