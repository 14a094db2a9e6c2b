import test from 'ava';
import fc from 'fast-check';
import {
  isEdited,
  nextOpenFile,
  opened,
  type OpenFile,
  type OpenFileEvent,
  type StoredText,
  type Theirs,
} from '../../../../src/admin/ui/program/open-file.ts';

const BASE: StoredText = { text: 'one', etag: '"1"' };

function after(...events: OpenFileEvent[]): OpenFile {
  return events.reduce(nextOpenFile, opened(BASE));
}

test('what is typed while a save is on its way is kept, and still to be saved', (t) => {
  const file = after(
    { kind: 'edited', text: 'two' },
    { kind: 'save' },
    { kind: 'edited', text: 'three' },
    { kind: 'saved', etag: '"2"' },
  );
  t.deepEqual(file, { base: { text: 'two', etag: '"2"' }, text: 'three', state: { kind: 'quiet' } });
  t.true(isEdited(file));
});

test('a refused save waits for a decision; mine then goes over theirs', (t) => {
  const theirs = { text: 'other', etag: '"9"' };
  const refused = after({ kind: 'edited', text: 'two' }, { kind: 'save' }, { kind: 'refused', theirs });
  t.deepEqual(refused.state, { kind: 'overtaken', theirs, isRefused: true });
  t.is(nextOpenFile(refused, { kind: 'save' }), refused);
  t.deepEqual(nextOpenFile(refused, { kind: 'keepMine' }), {
    base: theirs,
    text: 'two',
    state: { kind: 'quiet' },
  });
  t.deepEqual(nextOpenFile(refused, { kind: 'takeTheirs' }), opened(theirs));
  t.is(nextOpenFile(refused, { kind: 'merged', text: 'both' }).text, 'both');
});

test('the same change made twice is no conflict', (t) => {
  const theirs = { text: 'two', etag: '"2"' };
  t.deepEqual(
    after({ kind: 'edited', text: 'two' }, { kind: 'save' }, { kind: 'refused', theirs }),
    opened(theirs),
  );
});

test('a file that is deleted elsewhere is saved anew', (t) => {
  const file = after({ kind: 'seen', theirs: 'deleted' }, { kind: 'keepMine' });
  t.is(file.text, 'one');
  t.is(file.base.etag, null);
  t.true(isEdited(file));
});

test('who changes a file and changes it back has changed nothing', (t) => {
  const file = after({ kind: 'seen', theirs: { text: 'x', etag: '"x"' } }, { kind: 'seen', theirs: BASE });
  t.deepEqual(file, opened(BASE));
});

const stored: fc.Arbitrary<StoredText> = fc
  .constantFrom('a', 'b', 'c', 'd')
  .map((text) => ({ text, etag: `"${text}"` }));
const theirs: fc.Arbitrary<Theirs> = fc.oneof(stored, fc.constant('deleted' as const));
const event: fc.Arbitrary<OpenFileEvent> = fc.oneof(
  fc.constantFrom('a', 'b', 'mine').map((text) => ({ kind: 'edited' as const, text })),
  fc.constant({ kind: 'save' as const }),
  fc.constant({ kind: 'saved' as const, etag: '"s"' }),
  fc.constant({ kind: 'failed' as const }),
  theirs.map((one) => ({ kind: 'refused' as const, theirs: one })),
  theirs.map((one) => ({ kind: 'seen' as const, theirs: one })),
  fc.constantFrom({ kind: 'later' as const }, { kind: 'keepMine' as const }, { kind: 'takeTheirs' as const }),
  fc.constant({ kind: 'merged' as const, text: 'both' }),
);

test('nothing that happens elsewhere changes or hides what was typed', (t) => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let file = opened(BASE);
      for (const one of events) {
        const next = nextOpenFile(file, one);
        const isDecided = one.kind === 'edited' || one.kind === 'takeTheirs' || one.kind === 'merged';
        if (!isDecided) t.is(next.text, file.text, one.kind);
        // What the gateway is told to replace is only what it was asked to, or what somebody has seen.
        if (next.base !== file.base)
          t.true(
            ['saved', 'keepMine', 'takeTheirs', 'merged', 'refused', 'seen'].includes(one.kind),
            one.kind,
          );
        if ((one.kind === 'refused' || one.kind === 'seen') && next.base !== file.base)
          t.is(next.base.text, next.text);
        file = next;
      }
    }),
  );
});
