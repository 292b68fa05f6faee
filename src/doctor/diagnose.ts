import { fill, findingCatalogue } from "./catalogue.ts";
import { checks } from "./checks/index.ts";
import { examineMachine } from "./checks/machine.ts";
import type { Checkup } from "./checkup.ts";
import type { Finding, Severity, Sighting } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** All findings, the gravest first, then by place. What they would have saved is not told here. */
export function diagnose(checkup: Checkup, machine: Machine | null): readonly Finding[] {
  const unread = checkup.unread.map(
    ({ file, line, reason }): Sighting => ({
      code: "not-parsed",
      file,
      line,
      values: { reason },
      evidence: reason,
    }),
  );
  const seen = machine === null ? [] : examineMachine(machine, checkup);
  return [...checks.flatMap((check) => check(checkup)), ...seen, ...unread]
    .map(toFinding)
    .sort(compareFindings);
}

export function toFinding(sighting: Sighting): Finding {
  const info = findingCatalogue[sighting.code];
  return {
    code: sighting.code,
    severity: sighting.severity ?? info.severity,
    file: sighting.file,
    line: sighting.line,
    message: fill(info.message, sighting.values),
    evidence: sighting.evidence,
    fix: fill(info.fix, sighting.values),
    caution: info.caution === null ? null : fill(info.caution, sighting.values),
    wouldSave: null,
  };
}

export const severities: readonly Severity[] = ["error", "warning", "note"];

export function compareFindings(one: Finding, other: Finding): number {
  return (
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    compareText(one.file ?? "", other.file ?? "") ||
    (one.line ?? 0) - (other.line ?? 0) ||
    compareText(one.code, other.code) ||
    compareText(one.message, other.message)
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
