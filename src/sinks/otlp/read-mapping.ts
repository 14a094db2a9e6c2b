import type { Resource } from '@opentelemetry/resources';
import type { OtlpMapping } from '../../records/as-otlp.ts';
import type { AttributeLimits } from '../../records/otlp/attribute-set.ts';
import { type HeaderChoice, KNOWN_METHODS } from '../../records/otlp/http-attributes.ts';
import { type Environment, firstSetting, pairs, wholeNumber, words } from './environment.ts';
import type { OtlpSignal } from './target.ts';

/** What the options say about log records and spans. */
export interface MappingOptions {
  /** `service.name` where no variable names it. */
  readonly serviceName: string;
  readonly otlpBodies: boolean;
  /** Of the product. */
  readonly version: string;
}

const MAX_COUNT = 128;
const CAPTURE_HEADERS = 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE';

/**
 * How records become log records or spans: resource, limits, known methods and headers from the standard variables. Headers are
 * attributes only where they are named (`OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS`, `…_RESPONSE_HEADERS`: a list of names, or `*`
 * for all that the record holds); secrets in them are redacted as in the record. Throws OtlpSettingError.
 */
export function readMapping(signal: OtlpSignal, env: Environment, options: MappingOptions): OtlpMapping {
  const methods = words(firstSetting(env, ['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS']));
  return {
    resource: readResource(env, options),
    scope: { name: 'tapline', version: options.version },
    limits: readLimits(env, signal === 'logs' ? 'LOGRECORD' : 'SPAN'),
    knownMethods: methods.length === 0 ? KNOWN_METHODS : new Set(methods),
    requestHeaders: readHeaderChoice(env, `${CAPTURE_HEADERS}_REQUEST_HEADERS`),
    responseHeaders: readHeaderChoice(env, `${CAPTURE_HEADERS}_RESPONSE_HEADERS`),
    hasBodies: options.otlpBodies,
  };
}

/** `OTEL_SERVICE_NAME` before `OTEL_RESOURCE_ATTRIBUTES` before the option. */
export function readResource(env: Environment, { serviceName, version }: MappingOptions): Resource {
  const given = pairs(firstSetting(env, ['OTEL_RESOURCE_ATTRIBUTES']));
  const attributes: Record<string, string> = {
    'telemetry.sdk.name': 'tapline',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': version,
    'service.name': serviceName,
    ...Object.fromEntries(given),
  };
  const name = firstSetting(env, ['OTEL_SERVICE_NAME']);
  if (name !== null) attributes['service.name'] = name.value;
  // Encoders read nothing else of a resource; a real one would load the SDK.
  return { attributes } as unknown as Resource;
}

function readLimits(env: Environment, form: 'LOGRECORD' | 'SPAN'): AttributeLimits {
  const names = (what: string): string[] => [`OTEL_${form}_ATTRIBUTE_${what}`, `OTEL_ATTRIBUTE_${what}`];
  return {
    maxValueLength: wholeNumber(env, names('VALUE_LENGTH_LIMIT'), 0, Number.POSITIVE_INFINITY),
    maxCount: wholeNumber(env, names('COUNT_LIMIT'), 0, MAX_COUNT),
  };
}

function readHeaderChoice(env: Environment, name: string): HeaderChoice {
  const names = words(firstSetting(env, [name])).map((word) => word.toLowerCase());
  return names.includes('*') ? 'all' : new Set(names);
}
