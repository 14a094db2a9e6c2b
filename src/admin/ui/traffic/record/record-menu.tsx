import type { JSX } from 'preact';
import { info } from '../../api/info.ts';
import { go, route } from '../../location.ts';
import { copy, say } from '../../parts/toasts.tsx';
import { curlCommand } from './curl-command.ts';
import { download, followLink } from './download.ts';
import { fileName } from './file-name.ts';
import { formatJson } from '../../../../codecs/json/format-json.ts';
import { harOf } from './har.ts';
import { MenuButton, type MenuItem } from './menu-button.tsx';
import type { ShownRecord } from './shown-record.ts';
import { comparingAddress, deepLink } from './record-address.ts';

/** What can be taken away from a record. @param text its document as it is stored */
export function RecordMenu({
  id,
  text,
  record,
}: {
  id: string;
  text: string;
  record: ShownRecord;
}): JSX.Element {
  const har = (): string => JSON.stringify(harOf(record, info.value?.version ?? 'unknown'), null, 2);
  const noRequest = record.method === null || record.url.full === null ? 'no request' : null;
  const copied = (label: string, what: string, of: () => string, whyNot: string | null = null): MenuItem => ({
    label,
    whyNot,
    run: () => void copy(of(), what),
  });
  const bodyItems = (part: 'request' | 'response', body: string | null): MenuItem[] => {
    const whyNot = body === null ? 'not there' : null;
    return [
      copied(`Copy ${part} body`, `the ${part} body`, () => body!, whyNot),
      {
        label: `Download ${part} body`,
        whyNot,
        run: () => followLink(`/api/records/${encodeURIComponent(id)}/body/${part}`, ''),
      },
    ];
  };
  return (
    <MenuButton
      label="Copy"
      items={[
        copied(
          'Copy as cURL',
          'a curl command',
          () => curlCommand(record)!,
          curlCommand(record) === null ? 'no http URL' : null,
        ),
        copied(
          'Copy URL',
          'the URL',
          () => record.url.full ?? record.url.original!,
          record.url.full === null && record.url.original === null ? 'none' : null,
        ),
        copied('Copy link to this record', 'a link', () => deepLink(id, location.href)),
        ...bodyItems('request', record.request.body.text),
        ...bodyItems('response', record.response.body.text),
        copied('Copy JSON', 'the document', () => formatJson(text)),
        {
          label: 'Download JSON',
          run: () => download(fileName(id, 'json'), 'application/json', `${text}\n`),
        },
        copied('Copy HAR', 'an HTTP archive', har, noRequest),
        {
          label: 'Download HAR',
          whyNot: noRequest,
          run: () => download(fileName(id, 'har'), 'application/json', `${har()}\n`),
        },
        {
          label: 'Compare with another record',
          run: () => {
            go(comparingAddress(id, route.value));
            say('Open the record to compare it with');
          },
        },
      ]}
    />
  );
}
