import { formatBytes } from '../../parts/format.ts';
import type { ShownBody, ShownRecord } from './shown-record.ts';

/** Something that happened to a record on its way here. */
export interface RecordMark {
  readonly name:
    'redacted' | 'truncated' | 'dropped' | 'undecoded' | 'not kept' | 'rule' | 'gateway' | 'forwarded';
  readonly text: string;
}

/** What was covered, cut, left out or changed, and why, in words. */
export function marksOf(record: ShownRecord): readonly RecordMark[] {
  const marks: RecordMark[] = [];
  const { redactedCount, rule, capture } = record;
  if (redactedCount > 0)
    marks.push({
      name: 'redacted',
      text: `${redactedCount === 1 ? 'One value that looked secret was' : `${redactedCount} values that looked secret were`} covered before anything was written: REDACTED stands in ${redactedCount === 1 ? 'its' : 'their'} place.`,
    });
  if (record.isFromGateway)
    marks.push({ name: 'gateway', text: 'The answer is the gateway’s own, not the application’s.' });
  if (rule !== null && record.summary === null)
    marks.push({
      name: 'rule',
      text: `${capture === 'heads' ? 'The bodies were left out' : 'Something was left out'} by the capture rule “${rule}”.`,
    });
  for (const half of ['request', 'response'] as const) {
    const what = half === 'request' ? 'request' : 'answer';
    const mark = bodyMark(record[half].body, what, rule !== null);
    if (mark !== null) marks.push(mark);
    const { decodeError } = record[half].body;
    if (decodeError !== null)
      marks.push({
        name: 'undecoded',
        text: `The body of the ${what} could not be decoded: ${decodeError}. It is kept as it was received.`,
      });
  }
  if (record.refused?.isTruncated === true)
    marks.push({ name: 'truncated', text: 'Of the refused head only the beginning is kept.' });
  if (record.clientFrom !== null)
    marks.push({
      name: 'forwarded',
      text: `The client’s address is from the field ${record.clientFrom}${record.isClientDoubtful ? ', which is malformed or contradicts another' : ''}.`,
    });
  return marks;
}

/** Why of a body nothing, or only the beginning, is there. */
const DROPPED: Readonly<Record<string, string>> = {
  'capture-rule': 'a capture rule leaves it out',
  'capture-budget': 'there was no room: --capture-budget was used up',
  'capture-limit': '--max-body-capture is 0',
};

function bodyMark(body: ShownBody, what: string, isRuleSaid: boolean): RecordMark | null {
  const { bytes, dropped } = body;
  const size = bytes === null ? '' : ` of ${formatBytes(bytes)}`;
  if (dropped !== null) {
    if (dropped === 'capture-rule' && isRuleSaid) return null;
    return { name: 'dropped', text: `The body of the ${what}${size} was not kept: ${droppedText(dropped)}.` };
  }
  if (body.text === null) {
    if (bytes === null || bytes === 0) return null;
    return {
      name: 'not kept',
      text: `The body of the ${what}${size} is no text: its length, type${body.hash === null ? '' : ' and hash'} are kept.`,
    };
  }
  if (!body.isTruncated) return null;
  return { name: 'truncated', text: `The body of the ${what} is cut: ${recordedText(body)}.` };
}

/** Why a body is not there, to follow a colon. */
export function droppedText(dropped: string): string {
  return Object.hasOwn(DROPPED, dropped) ? DROPPED[dropped]! : dropped;
}

/** `the first 64 KiB of 232 KiB are kept`. */
export function recordedText({ text, bytes, coding, decodeError, isCutForSink }: ShownBody): string {
  const kept = formatBytes(utf8Length(text ?? ''));
  const isDecoded = coding !== null && decodeError === null;
  const whole =
    bytes === null
      ? ''
      : isDecoded
        ? ` decoded, of ${formatBytes(bytes)} as they were sent,`
        : ` of ${formatBytes(bytes)}`;
  return `the first ${kept}${whole} are kept${isCutForSink ? ' (cut for a sink that takes no larger records)' : ''}`;
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
