const THOUSANDTHS = Array.from({ length: 1000 }, (_, index) => String(index).padStart(3, '0'));

let lastSecond = Number.NaN;
let lastSecondText = '';

/** Milliseconds since 1970 as ISO 8601 in UTC. Most times share their second with the one before, and a `Date` is dear. */
export function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  const second = Math.floor(whole / 1000);
  if (second !== lastSecond) {
    lastSecondText = new Date(second * 1000).toISOString().slice(0, -'000Z'.length);
    lastSecond = second;
  }
  return `${lastSecondText}${THOUSANDTHS[whole - second * 1000]!}Z`;
}
