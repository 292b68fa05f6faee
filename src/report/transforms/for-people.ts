import type { Report } from "../report.ts";
import { capCauses } from "./cap-causes.ts";
import { collectAlways } from "./collect-always.ts";
import { foldAlike } from "./fold-alike.ts";
import { foldFiles } from "./fold-files.ts";
import { foldStamp } from "./fold-stamp.ts";
import type { ReportView } from "./report-view.ts";
import { viewOf } from "./report-view.ts";

/** The short view of a report that people read first: folded, at most five causes unless another number is given. */
export function forPeople(report: Report, most = 5): ReportView {
  return capCauses(foldAlike(foldFiles(foldStamp(collectAlways(viewOf(report))))), most);
}
