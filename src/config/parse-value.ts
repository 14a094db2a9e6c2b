import * as path from 'node:path';
import { IpNetwork } from '../codecs/ip-network.ts';
import { byteSize, durationMs } from '../core/quantity.ts';
import type { OptionSpec } from './options.ts';
import { UsageError } from './usage-error.ts';

/** What --inject can add. */
const REQUEST_FIELDS = ['traceparent', 'x-request-id', 'forwarded', 'x-forwarded-for'];

/**
 * One option's text to its value.
 * @param origin where the text came from, for the error: `--listen`, `TAPLINE_LISTEN`, `tapline.yaml:3:9`
 * @param base folder that relative paths start from
 */
export function parseValue(spec: OptionSpec, text: string, origin: string, base: string): unknown {
  const expects = (what: string, got = text): never => {
    throw new UsageError(`${origin}: expected ${what}, got ${JSON.stringify(got)}`);
  };
  const atLeast = (value: number, shown: string): number =>
    value < (spec.min ?? 0)
      ? expects(`at least ${spec.min} ${shown}`.trim())
      : value > (spec.max ?? Infinity)
        ? expects(`at most ${spec.max} ${shown}`.trim())
        : value;
  switch (spec.type) {
    case 'text':
      return text === '' ? expects('a text') : text;
    case 'path':
      return text === '' ? expects('a path') : path.resolve(base, text);
    case 'secret':
      return text === '' ? expects('a secret') : text;
    case 'stream-part':
      return /^[a-z0-9][a-z0-9._]{0,99}$/.test(text)
        ? text
        : expects(
            'lower-case letters, digits, dots and underscores (it becomes part of the name of a data stream)',
          );
    case 'proxy-version':
      return ['1', '2', 'off'].includes(text) ? text : expects('1, 2 or off');
    case 'list':
      return listOf(text);
    case 'request-fields':
      return listOf(text.toLowerCase()).map((one) =>
        REQUEST_FIELDS.includes(one) ? one : expects(`names among ${REQUEST_FIELDS.join(', ')}`, one),
      );
    case 'networks':
      return listOf(text).map((one) =>
        IpNetwork.parse(one) === null
          ? expects("blocks of addresses such as '10.0.0.0/8,2001:db8::/32'", one)
          : one,
      );
    case 'flag':
      return text === 'true' || text === '1'
        ? true
        : text === 'false' || text === '0'
          ? false
          : expects('true or false');
    case 'switch':
      return text === 'on' || text === 'off' ? text : expects('on or off');
    case 'level':
      return ['debug', 'info', 'warn', 'error'].includes(text) ? text : expects('debug, info, warn or error');
    case 'duration':
      return atLeast(durationMs(text) ?? expects("a time such as '500ms', '10s', '5m' or '7d'"), 'ms');
    case 'size':
      return atLeast(byteSize(text) ?? expects("a size such as '64k', '16m' or '1g'"), 'bytes');
    case 'count':
      return atLeast(/^\d{1,12}$/.test(text) ? Number(text) : expects('a whole number'), '');
    case 'address':
      return {
        text: parseAddress(text) ?? expects("[ip:]port such as '8000', '0.0.0.0:8000' or '[::1]:8000'"),
      };
    case 'admin-address': {
      if (text === '0') return null;
      return {
        text: parseAddress(text) ?? expects("[ip:]port such as '8001' or '0.0.0.0:8001', or 0 for none"),
      };
    }
    case 'trace-url':
      return /^https?:\/\/[^\s{}]+\{trace\}[^\s{}]*$/.test(text)
        ? text
        : expects("a URL with {trace} in it such as 'https://jaeger.example/trace/{trace}'");
    case 'urls':
      return text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
        .map((one) => parseBaseUrl(one) ?? expects("URLs such as 'https://es1:9200,https://es2:9200'"));
    case 'url':
      return parseUrl(text) ?? expects("a URL without a path such as 'http://127.0.0.1:3000'");
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

/** `ip:port`; a port alone listens on loopback only. */
function parseAddress(text: string): string | null {
  const parts = /^(?:(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]|localhost):)?(\d{1,5})$/.exec(text);
  if (parts === null || Number(parts[2]) > 65_535) return null;
  return `${parts[1] === undefined || parts[1] === 'localhost' ? '127.0.0.1' : parts[1]}:${parts[2]}`;
}

function parseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.hostname === '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') return null;
  return url.username === '' && url.password === '' ? url.origin : null;
}

/** A URL that may have a path in front of all that is asked of it, but no secret: those have options of their own. */
function parseBaseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (
    url.hostname === '' ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== '' ||
    url.password !== ''
  )
    return null;
  return url.href.replace(/\/$/, '');
}
