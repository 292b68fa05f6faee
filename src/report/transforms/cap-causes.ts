import type { ReportView } from "./report-view.ts";

/**
 * Leaves the most costly causes, and counts the others in one line. It removes the pages that 5,000 causes would fill.
 * @param most how many are shown.
 */
export function capCauses(view: ReportView, most = 5): ReportView {
  if (view.shown.length <= most) return view;
  return { ...view, shown: view.shown.slice(0, most), hidden: [...view.shown.slice(most), ...view.hidden] };
}
