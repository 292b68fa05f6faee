import type { ActionKind } from "../../model/run.ts";
import type { CauseGroup, ReportView } from "./report-view.ts";
import { actionsOfCauses, isRootOf } from "./report-view.ts";

/** How far a cause reached: what ran for it of its own, and what followed. */
export interface Reach {
  readonly direct: Readonly<Record<ActionKind, number>>;
  readonly followed: Readonly<Record<ActionKind, number>>;
  /** How many of either ended with an error: compiles and links. */
  readonly failed: { readonly direct: Readonly<Record<ActionKind, number>>; readonly followed: number };
  /** How many of `followed.link` are test binaries. */
  readonly testLinks: number;
  /** Import paths of the linked programs among all of them, test binaries left out; sorted. */
  readonly programs: readonly string[];
  /** The packages of the roots, test variants once; sorted. */
  readonly roots: readonly string[];
}

/** The reach of a group, or null where the report has no actions that name it. */
export function reachOf(view: ReportView, group: CauseGroup): Reach | null {
  const actions = actionsOfCauses(view, group.causes);
  if (actions.length === 0) return null;
  const packages = new Set(group.packages);
  const direct = { build: 0, link: 0, vet: 0, test: 0 };
  const followed = { build: 0, link: 0, vet: 0, test: 0 };
  const failed = { direct: { build: 0, link: 0, vet: 0, test: 0 }, followed: 0 };
  const programs = new Set<string>();
  const roots = new Set<string>();
  let testLinks = 0;
  for (const action of actions) {
    const root = isRootOf(action, packages);
    (root ? direct : followed)[action.kind]++;
    if (root) roots.add(action.package);
    if (action.failed === true) {
      if (root) failed.direct[action.kind]++;
      else failed.followed++;
    }
    if (action.kind !== "link") continue;
    if (!action.package.endsWith(".test")) programs.add(action.package);
    else if (!root) testLinks++;
  }
  return { direct, followed, failed, testLinks, programs: [...programs].sort(), roots: [...roots].sort() };
}
