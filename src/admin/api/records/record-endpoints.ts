import type { Endpoint } from '../../endpoint.ts';
import type { RecordSource } from './asking.ts';
import { getRecordBody } from './get-record-body.ts';
import { getRecord } from './get-record.ts';
import { listRecords } from './list-records.ts';
import { streamRecords } from './stream-records.ts';
import { summarizeRecords } from './summarize-records.ts';

/** All that is asked about records. @param reader null where the gateway keeps no store */
export function recordEndpoints(reader: RecordSource | null): Endpoint[] {
  return [
    listRecords(reader),
    summarizeRecords(reader),
    streamRecords(reader),
    getRecord(reader),
    getRecordBody(reader),
  ];
}
