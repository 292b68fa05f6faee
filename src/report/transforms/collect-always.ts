import { causeCatalogue } from "../../causes/catalogue.ts";
import type { CauseGroup, ReportView } from "./report-view.ts";
import { mergeGroups } from "./report-view.ts";

/**
 * Collects what runs every time, whatever was changed, by its kind: links that nothing keeps, vets and tests that Go does not
 * cache, forced rebuilds. It removes a numbered cause for each program of `go build ./...`, which are no misses:
 *
 *     2  nothing keeps the link of cmd/app      0.9 s
 *     3  nothing keeps the link of cmd/tool     0.7 s
 */
export function collectAlways(view: ReportView): ReportView {
  const kinds = new Map<string, CauseGroup[]>();
  const shown: CauseGroup[] = [];
  for (const group of view.shown) {
    const kind = kindOf(view, group);
    if (kind === null) shown.push(group);
    else kinds.set(kind, [...(kinds.get(kind) ?? []), group]);
  }
  if (kinds.size === 0) return view;
  const always = [...kinds.values()].map((groups) => mergeGroups(view, groups, groups[0]?.summary ?? ""));
  return { ...view, shown, always: [...view.always, ...always] };
}

function kindOf(view: ReportView, group: CauseGroup): string | null {
  // A saved report may have a code that a later version added.
  if (!Object.hasOwn(causeCatalogue, group.code) || !causeCatalogue[group.code].everyRun) return null;
  const cause = view.report.causes[group.causes[0] ?? -1];
  const subject = cause?.subject ?? "";
  switch (group.code) {
    case "link-not-cached":
      // Its output file was deleted: the next run finds it.
      if (cause?.now === "output file missing") return null;
      return subject.endsWith(".test") ? "test link" : "link";
    case "test-not-cacheable":
      // A failure is no habit: it is over when the test passes.
      return subject === "failed before" ? null : `test ${subject}`;
    default:
      return group.code === "forced-rebuild" ? `forced ${subject}` : group.code;
  }
}
