import type { Check } from "../check/check-report.ts";
import { countText } from "../wording/numbers.ts";

/** What a gate says: one line where all is well, else a line for each limit that was exceeded. With `-v` every limit. */
export function renderCheck(check: Check, verbosity: number): string {
  const failed = check.checks.filter(({ ok }) => !ok);
  const kept = check.checks.filter(({ ok }) => ok);
  const warnings = check.warnings.map(({ message }) => `  warning: ${message}\n`);
  if (failed.length === 0 && verbosity === 0) {
    return `gocache-why: within limits: ${kept.map(({ message }) => message).join("; ")}\n${warnings.join("")}`;
  }
  const head =
    failed.length === 0
      ? "within limits"
      : `${failed.length} of ${countText(check.checks.length, "limit")} exceeded`;
  const lines = [...failed, ...(verbosity > 0 ? kept : [])].map(
    ({ ok, message }) => `  ${verbosity > 0 ? (ok ? "kept: " : "exceeded: ") : ""}${message}\n`,
  );
  return `gocache-why: ${head}\n${lines.join("")}${warnings.join("")}`;
}

/** The result as JSON: two spaces, a newline at the end. */
export function renderCheckJson(check: Check): string {
  return `${JSON.stringify(check, null, 2)}\n`;
}
