import type { CauseGroup, ReportView } from "./report-view.ts";
import { actionsOfCauses } from "./report-view.ts";

/**
 * Moves a VCS stamp that only goes along to a dim line of its own: where each of its actions has another cause too, it
 * cost nothing of itself. It removes a second numbered cause from each edit ever made in a checkout:
 *
 *     1  internal/errors/errors.go was edited     7.9 s
 *     2  the checkout became dirty                0.9 s
 */
export function foldStamp(view: ReportView): ReportView {
  const also = view.shown.filter((group) => group.code === "vcs-stamp-changed" && goesAlong(view, group));
  if (also.length === 0) return view;
  return {
    ...view,
    shown: view.shown.filter((group) => !also.includes(group)),
    also: [...view.also, ...also],
  };
}

function goesAlong(view: ReportView, group: CauseGroup): boolean {
  const actions = actionsOfCauses(view, group.causes);
  return actions.length > 0 && actions.every((action) => action.causes.length > 1);
}
