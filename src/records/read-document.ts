import type { EcsDocument } from './ecs-document.ts';

const NOTHING: Partial<EcsDocument> = Object.freeze({});

/**
 * A document read for what it may hold. Scripts can make records of anything, so any part of it may be missing or of another type than EcsDocument
 * says; what is no JSON object reads as one without parts. Never throws.
 */
export function readDocument(text: string): Partial<EcsDocument> {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? (document as EcsDocument) : NOTHING;
  } catch {
    return NOTHING;
  }
}
