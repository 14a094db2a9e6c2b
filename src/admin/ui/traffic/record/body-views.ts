import type { ShownBody } from './shown-record.ts';

/** A way to look at a body. */
export type BodyView = 'json' | 'markup' | 'form' | 'multipart' | 'events' | 'text' | 'hex';

/** What the switch calls them. */
export const BODY_VIEW_TITLES: Readonly<Record<BodyView, string>> = {
  json: 'JSON',
  markup: 'Markup',
  form: 'Form',
  multipart: 'Parts',
  events: 'Events',
  text: 'Text',
  hex: 'Hex',
};

/** The views that suit a body, the best first; empty where nothing of it is kept. */
export function bodyViews(body: ShownBody): readonly BodyView[] {
  const { text } = body;
  if (text === null || text === '') return [];
  const special = specialView(text, mediaType(body.mimeType), mediaType(body.declaredType));
  return special === null ? ['text', 'hex'] : [special, 'text', 'hex'];
}

/** The content decides, as it was sniffed; the declared type where that says only that it is text. */
function specialView(text: string, sniffed: string, declared: string): BodyView | null {
  if (isJson(sniffed)) return 'json';
  if (sniffed === 'text/event-stream') return 'events';
  if (sniffed.startsWith('multipart/')) return 'multipart';
  if (sniffed === 'text/html' || sniffed.endsWith('xml')) return 'markup';
  if (sniffed === 'application/x-www-form-urlencoded') return 'form';
  if (declared === 'application/x-www-form-urlencoded' && text.includes('=')) return 'form';
  if (declared === 'text/event-stream') return 'events';
  if (declared.startsWith('multipart/') && text.startsWith('--')) return 'multipart';
  // Sniffing takes objects and arrays for JSON, and no other value.
  return isJson(declared) && /^\s*(?:["{[\d-]|true|false|null)/.test(text) ? 'json' : null;
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json') || type.endsWith('ndjson');
}

function mediaType(type: string | null): string {
  return (type ?? '').split(';')[0]!.trim().toLowerCase();
}
