import type { GapFacts, RecordDocument } from '../../src/records/record-document.ts';

/** A small record as the recorder would write it. */
export function recordOf(sequence: number, more: Record<string, unknown> = {}): RecordDocument {
  const id = `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
  const document = {
    '@timestamp': new Date(sequence * 1000).toISOString(),
    event: { id, sequence, outcome: 'success', duration: sequence * 1e6 },
    http: {
      request: { method: 'GET', headers: { 'x-tag': `tag${sequence}` }, body: { content: '' } },
      response: { status_code: 200, body: { content: `body number ${sequence}` } },
    },
    url: { path: `/p/${sequence}`, original: `/p/${sequence}`, domain: 'example.test' },
    tapline: { kind: 'exchange', connection: { id: 1 } },
    ...more,
  };
  return {
    bytes: Buffer.from(JSON.stringify(document)),
    id,
    sequence,
    timestampMs: sequence * 1000,
    kind: 'exchange',
    sourceBytes: 10,
    destinationBytes: 20,
  };
}

export function gapOf(facts: GapFacts, sequence: number): RecordDocument {
  const record = recordOf(sequence, { tapline: { kind: 'gap', gap: facts } });
  return { ...record, kind: 'gap', sourceBytes: facts.sourceBytes, destinationBytes: facts.destinationBytes };
}

export const quiet = { write: (): void => {} };
