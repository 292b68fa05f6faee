import { html, type Markup, nothing } from "./markup.ts";

/** A bar of a share, that needs no style; what it shows stands beside it as a number. */
export function bar(part: number, whole: number): Markup {
  if (whole <= 0) return nothing;
  const width = Math.max(0.5, Math.min(100, (part / whole) * 100)).toFixed(1);
  return html`<svg class="bar" width="72" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8" fill="currentColor"/></svg>`;
}
