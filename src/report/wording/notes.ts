import type { Report } from "../report.ts";
import type { Overlap } from "../transforms/overlaps.ts";
import type { CauseGroup, ReportView } from "../transforms/report-view.ts";
import { actionsOfCauses, sumSeconds } from "../transforms/report-view.ts";
import { actionName, listText, packageName, programsText } from "./names.ts";
import { countText, numberText, secondsText } from "./numbers.ts";
import { visibleText } from "./values.ts";

/** What runs every time: `the link of cmd/app, 0.9 s`, with a full stop; what avoids it stands in the group's advice. */
export function alwaysText(group: CauseGroup, report: Report): string {
  const seconds = group.seconds === null ? "" : `, ${secondsText(group.seconds)}`;
  const why = group.code === "forced-rebuild" ? `: ${group.summary}` : "";
  return `${alwaysSubject(group, report)}${seconds}${why}.`;
}

/** What only goes along: `the checkout became dirty, which changes the VCS stamp of cmd/app.` */
export function alsoText(group: CauseGroup, report: Report): string {
  // None of its programs was compiled now: the stamp came with an output that was in the cache.
  if (group.packages.length === 0) return `${group.summary}, which changes the VCS stamp.`;
  return `${group.summary}, which changes the VCS stamp of ${programsText(group.packages.map(visibleText), report.now.module)}.`;
}

/** Actions that several causes share, in words: `42 actions ran because of 1, 2 and 3: each alone would have been enough.` */
export function overlapText(overlap: Overlap, first: boolean): string {
  const together =
    overlap.numbers.length === 2
      ? `both ${overlap.numbers.join(" and ")}`
      : listText(overlap.numbers.map(String), overlap.numbers.length);
  return first
    ? `${countText(overlap.actions, "action")} ran because of ${together}: ${enoughText(overlap)}.`
    : `${numberText(overlap.actions)} more because of ${together}.`;
}

/** Which of them would have sufficed; what came through an output that another cause changed too is not known. */
function enoughText({ numbers, actions, alone }: Overlap): string {
  const each = numbers.length === 2 ? "either" : "each";
  const enough = numbers.filter((_, at) => alone[at] === actions);
  const least = Math.min(...alone);
  if (enough.length === numbers.length) return `${each} alone would have been enough`;
  if (enough.length > 0) return `${listText(enough.map(String), 3)} alone would have been enough`;
  const most = `undoing one alone need not have spared ${actions === 1 ? "it" : "them"}`;
  return least === 0 ? most : `${most}, and ${numberText(least)} of them would have run for ${each} alone`;
}

/** Causes beyond the limit: `3 more causes, 1.2 s of work: gocache-why diff -v`; the seconds are of what no shown cause had. */
export function hiddenText(view: ReportView): string {
  const hidden = new Set(view.hidden.flatMap((group) => group.causes));
  const actions = actionsOfCauses(view, [...hidden]);
  const own = actions.filter((action) => action.causes.every((cause) => hidden.has(cause)));
  const seconds = sumSeconds(own.map((action) => action.seconds));
  const work = seconds === null ? "" : `, ${secondsText(seconds)} of work`;
  const how =
    view.report.exitCode === null || view.report.runs !== undefined ? "add -v" : "gocache-why diff -v";
  return `${countText(view.hidden.length, "more cause")}${work}: ${how}`;
}

/** Actions that may have run: the record can't say. */
export function unknownText(report: Report): string {
  const count = report.totals.byVerdict.unknown;
  const keys = report.actions.filter((action) => action.verdict === "unknown").map((action) => action.key);
  const names = keys.length === 0 ? "" : ` (${listText(namesOf(keys, report))})`;
  return `${countText(count, "action")}${names}: the record cannot say whether or why ${count === 1 ? "it" : "they"} ran.`;
}

/** Actions that ran, and nothing was found that explains them. */
export function unexplainedText(report: Report, most: number): string {
  return listText(namesOf(report.unexplained, report), most);
}

function namesOf(keys: readonly string[], report: Report): string[] {
  return keys.map((key) => visibleText(actionName(key, report.now.module)));
}

/** `the link of cmd/app`, `3 links (a, b and c)`, `4 test packages with -count=1`. */
function alwaysSubject(group: CauseGroup, report: Report): string {
  const causes = group.causes.flatMap((index) => report.causes[index] ?? []);
  const subjects = causes.map((cause) => visibleText(packageName(cause.subject, report.now.module)));
  const [subject = ""] = subjects;
  switch (group.code) {
    case "link-not-cached":
      if (subject.endsWith(".test")) {
        if (causes.every(({ now }) => now === testNotTold))
          return subjects.length === 1
            ? `the link of ${subject}, which go keeps nowhere`
            : `${countText(subjects.length, "link")} of test binaries, which go keeps nowhere`;
        return subjects.length === 1
          ? `the link of ${subject}, needed only to find its test cached`
          : `${countText(subjects.length, "link")} of test binaries, needed only to find their tests cached`;
      }
      return subjects.length === 1
        ? `the link of ${subject}`
        : `${countText(subjects.length, "link")} (${listText(subjects)})`;
    case "vet-not-cached":
      return subjects.length === 1
        ? `the vet of ${subject}`
        : `the vet of ${countText(subjects.length, "package")}`;
    case "test-not-cacheable":
      return `${countText(group.direct, "test package")} ${notKept(subject)}`;
    default:
      return countText(group.direct + group.cascade, "action");
  }
}

/** What became of its test is not in the record (verdict.ts, explain.ts). */
const testNotTold = "test not told";

function notKept(reason: string): string {
  if (reason === "-count") return "with -count=1";
  if (reason === "no package list") return "tested without a package list";
  return reason.startsWith("-") ? `with ${reason}` : `(${reason})`;
}

/** That values are hidden, or are shown that may be secrets; null where there are none. */
export function redactionText(report: Report): string | null {
  const { applied, hidden } = report.redaction;
  if (!applied) return "values that may be secrets are shown (--show-values): not to be passed on";
  if (hidden === 0) return null;
  return `${countText(hidden, "value")} that may be ${hidden === 1 ? "a secret is" : "secrets are"} hidden`;
}
