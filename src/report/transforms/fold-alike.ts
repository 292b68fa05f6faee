import type { CauseCode } from "../../causes/cause.ts";
import { alikeText } from "../wording/alike.ts";
import type { CauseGroup, ReportView } from "./report-view.ts";
import { byCost, mergeGroups } from "./report-view.ts";

/** Up to this many of one code are told one by one. */
const most = 3;

/**
 * Folds what comes in numbers and differs in the name alone. It removes this:
 *
 *     1  cmd/a was not built before
 *     2  cmd/b was not built before
 *     …  48 more
 */
export function foldAlike(view: ReportView): ReportView {
  return codes.reduce((folded, code) => foldCode(folded, code), view);
}

const codes: readonly CauseCode[] = [
  "first-build",
  "module-version-changed",
  "module-replaced",
  "build-failed-before",
  "output-not-reproducible",
  "link-target-replaced",
];

function foldCode(view: ReportView, code: CauseCode): ReportView {
  const alike = view.shown.filter((group) => group.code === code);
  if (alike.length <= most) return view;
  const subjects = alike
    .flatMap((group: CauseGroup) => group.causes)
    .flatMap((index) => {
      const cause = view.report.causes[index];
      return cause === undefined ? [] : [cause.subject];
    });
  const folded = mergeGroups(view, alike, alikeText(code, subjects, view.report.now.module));
  const rest = view.shown.filter((group) => group.code !== code);
  return { ...view, shown: [...rest, folded].sort(byCost) };
}
