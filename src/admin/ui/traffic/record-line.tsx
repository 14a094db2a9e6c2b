import { Component, type ComponentChild, type JSX } from 'preact';
import type { RecordRow } from '../../api/records/record-row.ts';
import { formatBytes, formatDateTime, formatDuration, formatTime } from '../parts/format.ts';
import { isPlain, plainText } from '../parts/shown-text.ts';
import { Shown } from '../parts/shown.tsx';
import { durationLevel, durationShare } from './duration-scale.ts';
import { noticeText, shortType, STATUS_SHAPES, statusLevel, type Tag, tagsOf } from './row-text.ts';

/** As much of a path as any width shows. */
const MAX_SHOWN = 300;

export interface RecordLineProps {
  readonly row: RecordRow;
  readonly isSelected: boolean;
  readonly isCompared: boolean;
  /** Its time is shown with the date where the day is another. */
  readonly todayMs: number;
}

/** A record as a line of the list. Drawn again only where something of it has changed. */
export class RecordLine extends Component<RecordLineProps> {
  override shouldComponentUpdate(next: RecordLineProps): boolean {
    const { row, isSelected, isCompared, todayMs } = this.props;
    return (
      next.row !== row ||
      next.isSelected !== isSelected ||
      next.isCompared !== isCompared ||
      next.todayMs !== todayMs
    );
  }

  override render({ row, isSelected, isCompared, todayMs }: RecordLineProps): JSX.Element {
    const notice = noticeText(row);
    const shared = {
      role: 'row',
      id: lineId(row.row),
      'data-row': row.row,
      'aria-selected': isSelected,
    } as const;
    const time = (
      <span class="records-time" role="gridcell" title={formatDateTime(row.timestampMs)}>
        {row.timestampMs < todayMs && (
          <span class="records-date">{formatDateTime(row.timestampMs).slice(5, 10)} </span>
        )}
        {formatTime(row.timestampMs)}
      </span>
    );
    if (notice !== null)
      return (
        <div
          {...shared}
          class="records-line records-notice"
          data-level={row.summary === undefined ? 'danger' : 'warning'}
        >
          {time}
          <span class="records-notice-text" role="gridcell" title={plainText(notice)}>
            <span aria-hidden="true">{row.summary === undefined ? '✖ ' : '▲ '}</span>
            <Shown text={notice} maxLength={MAX_SHOWN} />
          </span>
        </div>
      );
    const level = statusLevel(row);
    const tags = tagsOf(row);
    return (
      <div {...shared} class="records-line" data-level={level}>
        {time}
        <span class="records-method" role="gridcell">
          {shown(row.method ?? '–', 20)}
        </span>
        <span class="records-status" role="gridcell" data-level={level}>
          <span class="records-shape" aria-hidden="true">
            {STATUS_SHAPES[level]}
          </span>
          {row.status ?? 'none'}
        </span>
        <span class="records-host" role="gridcell" title={plainText(row.host ?? '')}>
          {shown(row.host ?? '', MAX_SHOWN)}
        </span>
        <span class="records-path" role="gridcell" title={plainText(row.path ?? '', 2000)}>
          {isCompared && <span class="records-tag records-tag-compare">compare</span>}
          {shown(row.path ?? '', MAX_SHOWN)}
        </span>
        <span class="records-type" role="gridcell" title={plainText(row.mimeType ?? '')}>
          {shown(shortType(row.mimeType), 60)}
        </span>
        <span
          class="records-sizes"
          role="gridcell"
          title="Bytes of the request and of the answer, heads included"
        >
          {`${formatBytes(row.sourceBytes)} / ${formatBytes(row.destinationBytes)}`}
        </span>
        <span class="records-duration" role="gridcell">
          {row.durationNs !== null && (
            <>
              <span class="records-bar" aria-hidden="true" data-level={durationLevel(row.durationNs)}>
                <span style={{ width: `${(durationShare(row.durationNs) * 100).toFixed(1)}%` }} />
              </span>
              <span>{formatDuration(row.durationNs)}</span>
            </>
          )}
        </span>
        <span class="records-tags" role="gridcell" title={tags.map(tagTitle).join('\n')}>
          {tags.map(({ text, level }) => (
            <span key={`${level} ${text}`} class={`records-tag records-tag-${level}`}>
              {shown(text, 40)}
            </span>
          ))}
        </span>
      </div>
    );
  }
}

/** Text of a record, as `Shown` shows it: what needs no care is a text and nothing else, since a list that is scrolled draws hundreds of lines a second. */
function shown(text: string, maxLength: number): ComponentChild {
  return isPlain(text, maxLength) ? text : <Shown text={text} maxLength={maxLength} />;
}

function tagTitle({ text, meaning }: Tag): string {
  return meaning === undefined ? plainText(text) : `${plainText(text)}: ${meaning}`;
}

/** The id of a line in the page, for `aria-activedescendant`. */
export function lineId(row: number): string {
  return `record-${row}`;
}
