import test from 'ava';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { factsOfBytes } from '../../src/records/record-facts.ts';
import { Block } from '../../src/store/block.ts';
import { BlockWriter } from '../../src/store/block-writer.ts';
import { gapOf, recordOf } from '../support/records.ts';

function readBack(writer: BlockWriter, records: readonly RecordDocument[]): Block {
  const { columns, documents } = writer.pack(records);
  return new Block({ run: 'r', thread: 1, lastRow: 100, columns: () => columns, documents: () => documents });
}

const facts = { from: 3, to: 4, count: 2, reason: 'spool-full', sourceBytes: 5, destinationBytes: 6 };

test('what is packed is read back, one record or many, small or large', (t) => {
  const writer = new BlockWriter();
  const large = recordOf(3, { http: { response: { body: { content: 'x'.repeat(2_000_000) } } } });
  for (const records of [
    [recordOf(1)],
    [recordOf(1, { url: { path: '/ünïcode\n"quoted"' } }), gapOf(facts, 2), large],
    Array.from({ length: 500 }, (_, index) => recordOf(index + 1)),
  ]) {
    const block = readBack(writer, records);
    t.is(block.count, records.length);
    for (const [index, record] of records.entries()) {
      t.deepEqual(block.record(index), { ...record, facts: factsOfBytes(record.bytes) });
      t.is(block.row(index), 100 - records.length + 1 + index);
    }
  }
});

test('facts that came with a record are taken for its own; without, they are read from the document', (t) => {
  const record = recordOf(1);
  const handedOver = Buffer.from(JSON.stringify(['exchange', 'PUT', 'else.test']));
  const block = readBack(new BlockWriter(), [record, { ...record, facts: handedOver }]);
  t.is(block.value(0, 'method'), 'GET');
  t.is(block.value(0, 'status'), 200);
  t.is(block.value(1, 'method'), 'PUT');
  t.is(block.value(1, 'status'), null, 'what an older gateway did not know of is missing');
  t.is(block.value(1, 'bytes'), 30);
  t.is(block.value(1, 'thread'), 1);
});

test('whether a block may have gaps is told without reading its facts, and never wrongly that it has none', (t) => {
  const writer = new BlockWriter();
  const many = Array.from({ length: 40 }, (_, index) => recordOf(index + 1));
  t.false(readBack(writer, many).mayHaveGaps);
  t.true(readBack(writer, [...many, gapOf(facts, 41)]).mayHaveGaps);
  // A method of that name is no gap: who asks looks at the record then.
  t.true(readBack(writer, [recordOf(1, { http: { request: { method: 'gap' } } })]).mayHaveGaps);
});

test('what records share is written once', (t) => {
  const records = Array.from({ length: 500 }, (_, index) => recordOf(index + 1));
  const { columns, documents, filter } = new BlockWriter().pack(records);
  const raw = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
  t.true(columns.length + documents.length + filter!.length < raw / 4);
});
