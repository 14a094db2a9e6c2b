const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `512 B`, `1.5 KiB`, `12 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(2 + Number(value >= 10)))} ${BYTE_UNITS[unit]}`;
}

/** `850 µs`, `6.9 ms`, `1.52 s`, `2 min 5 s`. @param nanoseconds not negative */
export function formatDuration(nanoseconds: number): string {
  const microseconds = nanoseconds / 1e3;
  if (microseconds < 1000) return `${digits(microseconds)} µs`;
  const milliseconds = microseconds / 1e3;
  if (milliseconds < 1000) return `${digits(milliseconds)} ms`;
  const seconds = milliseconds / 1e3;
  if (seconds < 120) return `${digits(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1,234` as people group digits, the same in every locale. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Local time of day: `14:05:09.123`. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Local time of day, to the minute: `14:05`. */
export function formatClock(ms: number): string {
  return formatTime(ms).slice(0, 5);
}

/** Local time of day, to the second: `14:05:09`. */
export function formatClockSeconds(ms: number): string {
  return formatTime(ms).slice(0, 8);
}

/** Local date and time: `2026-01-31 14:05:09.123`. */
export function formatDateTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatTime(ms)}`;
}

/** Three digits that count. */
function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
