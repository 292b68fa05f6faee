/**
 * Seconds as people read them: `0.4 s`, `7.9 s`, `530 s`, `12.5 min`, `2.1 h`. What rounds to nothing is `<0.1 s`,
 * and 0 is `0 s`.
 */
export function secondsText(seconds: number): string {
  if (seconds === 0) return "0 s";
  if (seconds < 0.05) return "<0.1 s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 600) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `1 package`, `2 packages`, `5,000 packages`; the plural is given where it is not the singular and an s. */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${numberText(count)} ${count === 1 ? singular : plural}`;
}

/** `512 B`, `34 kB`, `38 MB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  if (bytes > 0 && bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${numberText(Math.round(bytes / 1e3))} kB`;
  if (bytes < 1e9) return `${numberText(Math.round(bytes / 1e6))} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** An integer with a comma every three digits. */
export function numberText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
