import type { CauseCode } from "../../causes/cause.ts";
import type { Report } from "../report.ts";
import type { Reach } from "../transforms/reach.ts";
import { packageName, programsText } from "./names.ts";
import { countText, numberText } from "./numbers.ts";
import { visibleText } from "./values.ts";

/** What of a cause this sentence needs. */
export interface ReachedCause {
  readonly code: CauseCode;
  readonly summary: string;
  readonly direct: number;
  readonly cascade: number;
  /** Those that were folded into it; one where it is left out. */
  readonly causes?: readonly number[];
}

/**
 * Roots and cascade in words, without a full stop: `1 package compiled, 34 followed up to cmd/app`,
 * `3 packages compiled (net, os/user, runtime/cgo)`, `all 877 packages, 3 links`, `118 test packages read it`.
 * @param reach null where only the cause's own counts are known.
 */
export function reachText(cause: ReachedCause, reach: Reach | null, report: Report): string {
  if (reach === null) {
    const followed = cause.cascade === 0 ? "" : `, ${numberText(cause.cascade)} followed`;
    return `${countText(cause.direct, "action")} ran${followed}`;
  }
  const roots = rootsText(cause, reach, report);
  const followed = followedText(reach, report, roots !== "");
  return [roots, followed].filter((part) => part !== "").join(", ");
}

/**
 * That some of what ran changed nothing for others: `2 of them spared their dependents (same output)`; empty for none.
 * @param ran the number of actions that were spoken of just before, or null where the sentence stands alone.
 */
export function cutOffText(cutOff: number, ran: number | null): string {
  if (cutOff === 0) return "";
  if (ran === 1) return "to the same output as before";
  if (ran !== null) return `${numberText(cutOff)} of them spared their dependents (same output)`;
  return `${countText(cutOff, "action")} gave the same output as before, sparing ${cutOff === 1 ? "its" : "their"} dependents`;
}

function rootsText(cause: ReachedCause, reach: Reach, report: Report): string {
  const { build, link, vet, test } = reach.direct;
  const { totals } = report;
  const all = build > 1 && build === totals.byKind.build.actions;
  const others = [
    link > 0 ? linkText(link, reach.failed.direct.link) : "",
    vet > 0 ? countText(vet, "vet") : "",
    test > 0 && build > 0 ? countText(test, "test package") : "",
  ];
  const first =
    build > 0 ? buildText(build, reach.failed.direct.build, all) : test > 0 ? testText(cause, test) : "";
  const text = [first, ...others].filter((part) => part !== "").join(", ");
  return all ? text : withNames(text, cause, reach, report.now.module);
}

/** `3 packages compiled`, `1 package failed to compile`, `2 packages compiled and 1 failed to`. */
function buildText(count: number, failed: number, all: boolean): string {
  if (failed === count) return `${countText(failed, "package")} failed to compile`;
  if (failed > 0)
    return `${countText(count - failed, "package")} compiled and ${numberText(failed)} failed to`;
  return all ? `all ${countText(count, "package")} compiled` : `${countText(count, "package")} compiled`;
}

function linkText(count: number, failed: number): string {
  const links = countText(count, "link");
  if (failed === 0) return links;
  return failed === count ? `${links} failed` : `${links} (${numberText(failed)} failed)`;
}

function testText(cause: ReachedCause, count: number): string {
  const reads = cause.code === "test-env-changed" || cause.code === "test-file-changed";
  const what = (cause.causes?.length ?? 1) > 1 ? "some of them" : "it";
  const verb = reads ? `${count === 1 ? "reads" : "read"} ${what}` : "ran";
  return `${countText(count, "test package")} ${verb}`;
}

/** Names of at most five packages, where the summary does not tell them already. */
function withNames(text: string, cause: ReachedCause, reach: Reach, modulePath: string | null): string {
  const names = reach.roots.map((root) => visibleText(packageName(root, modulePath)));
  const untold = names.filter((name) => !cause.summary.includes(name));
  const list = names.join(", ");
  if (text === "" || untold.length === 0 || names.length > 5 || list.length > 76) return text;
  return `${text} (${list})`;
}

function followedText(reach: Reach, report: Report, afterRoots: boolean): string {
  const { build, link, vet, test } = reach.followed;
  // The link of a test binary is part of running that test.
  const links = Math.max(0, link - reach.testLinks);
  const count = build + links + vet;
  const upTo =
    links > 0 && reach.programs.length > 0 ? ` up to ${programsText(reach.programs, report.now.module)}` : "";
  const followed =
    count === 0
      ? ""
      : count === links
        ? `${countText(links, "link")} followed${failedText(links, reach.failed.followed)}`
        : `${afterRoots ? numberText(count) : countText(count, "action")} followed${upTo}${failedText(count, reach.failed.followed)}`;
  return [followed, test > 0 ? `${countText(test, "test package")} ran again` : ""]
    .filter((part) => part !== "")
    .join(", ");
}

/** What of a number that was just told ended with an error: ` and failed`, `, 1 of them failed`. */
function failedText(count: number, failed: number): string {
  if (failed === 0) return "";
  return failed === count ? " and failed" : `, ${numberText(failed)} of them failed`;
}
