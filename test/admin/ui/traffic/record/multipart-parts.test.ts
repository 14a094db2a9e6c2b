import test from 'ava';
import fc from 'fast-check';
import { parseMultipart } from '../../../../../src/admin/ui/traffic/record/multipart-parts.ts';
import { HOSTILE_TEXT } from '../../../../support/hostile-text.ts';

const BODY = [
  '--edge',
  'Content-Disposition: form-data; name="field"',
  '',
  'value',
  '--edge',
  'Content-Disposition: form-data; name="file"; filename="a b.txt"',
  'Content-Type: text/plain',
  '',
  'first',
  '',
  '--not the edge',
  '--edge--',
  'epilogue',
].join('\r\n');

test('fields and files', (t) => {
  const [field, file, ...rest] = parseMultipart(BODY);
  t.deepEqual(rest, []);
  t.like(field, { name: 'field', fileName: null, contentType: null, content: 'value', isCut: false });
  t.like(file, { name: 'file', fileName: 'a b.txt', contentType: 'text/plain', isCut: false });
  t.is(file!.content, 'first\r\n\r\n--not the edge');
});

test('every beginning of a body gives its parts as far as they go', (t) => {
  for (let length = 0; length <= BODY.length; length++) {
    const parts = parseMultipart(BODY.slice(0, length));
    const whole = parts.filter(({ isCut }) => !isCut);
    t.true(parts.length - whole.length <= 1);
    if (whole.length > 0) t.is(whole[0]!.content, 'value');
  }
});

test('empty parts, parts without a head, line feeds alone', (t) => {
  t.like(parseMultipart('--b\r\n\r\nx\r\n--b--')[0], { name: null, content: 'x' });
  t.like(parseMultipart('--b\nContent-Disposition: form-data; name=a\n\n\n--b--\n')[0], {
    name: 'a',
    content: '',
  });
  t.deepEqual(parseMultipart('no boundary'), []);
  t.like(parseMultipart('--b\r\n--b--')[0], { content: '' });
});

test('whatever it is, it is read to its end', (t) => {
  const text = fc.array(fc.oneof(HOSTILE_TEXT, fc.constantFrom('--b', '\r\n', '--b--', 'name="x"')), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, (pieces) => void t.notThrows(() => parseMultipart(`--b\r\n${pieces.join('')}`))),
  );
});
