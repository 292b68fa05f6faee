import type { CauseCode } from "../../causes/cause.ts";
import { listText, packageName } from "./names.ts";
import { numberText } from "./numbers.ts";
import { visibleText } from "./values.ts";

/** Causes of one code that differ in the subject alone, in one sentence: `50 packages were not built before: a, b and 48 more`. */
export function alikeText(code: CauseCode, subjects: readonly string[], modulePath: string | null): string {
  const names = listText(subjects.map((subject) => visibleText(packageName(subject, modulePath))));
  return `${numberText(subjects.length)} ${whatOf(code)}: ${names}`;
}

function whatOf(code: CauseCode): string {
  switch (code) {
    case "first-build":
      return "packages were not built before";
    case "module-version-changed":
      return "modules changed their version";
    case "module-replaced":
      return "modules come from another place";
    case "build-failed-before":
      return "packages failed before, and failures are not kept";
    case "output-not-reproducible":
      return "packages gave another output from the same inputs";
    case "link-target-replaced":
      return "output files were overwritten since by something else";
    default:
      return `causes ${code}`;
  }
}
