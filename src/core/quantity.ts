const DURATION_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_SHIFT: Record<string, number> = { '': 0, k: 10, m: 20, g: 30, t: 40 };

/**
 * A duration as a script writes it, in milliseconds: a number of seconds, or a number with `ms s m h d` (spec language 5).
 * Null where it is malformed or negative.
 */
export function durationMs(value: unknown): number | null {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? value * 1000 : null;
  if (typeof value !== 'string') return null;
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(ms|[smhd])?\s*$/i.exec(value);
  return parts === null ? null : Number(parts[1]) * DURATION_MS[(parts[2] ?? 's').toLowerCase()]!;
}

/** A byte size: a number, or a number with `k m g t` and an optional `b`, powers of 1024. Null where malformed. */
export function byteSize(value: unknown): number | null {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== 'string') return null;
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)b?\s*$/i.exec(value);
  return parts === null ? null : Math.trunc(Number(parts[1]) * 2 ** SIZE_SHIFT[parts[2]!.toLowerCase()]!);
}
