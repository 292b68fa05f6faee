import type { Hypothesis } from "../../explore/what-if/hypothesis.ts";
import type { WhatIf } from "../../explore/what-if/what-if.ts";
import type { RemainingCause, Verified, WhatIfReport } from "../what-if.ts";
import { actionName, listText, packageName } from "./names.ts";
import { countText, numberText, secondsText } from "./numbers.ts";

/** What is supposed, to stand in front of what would have followed: `with -trimpath and CC=gcc in both runs`. */
export function supposedText(hypotheses: readonly Hypothesis[]): string {
  const both: string[] = [];
  const others: string[] = [];
  for (const each of hypotheses) {
    switch (each.kind) {
      case "flag":
        both.push(each.value === null ? `without ${each.name}` : `with ${flagText(each.name, each.value)}`);
        break;
      case "variable":
        // Its value may have been hidden there.
        both.push(`with ${each.word.replace(/^--set /, "")}`);
        break;
      case "same-directory":
        others.push("in the earlier run's directory");
        break;
      case "same-mtimes":
        others.push("with the times of files left as they were");
        break;
      case "without-cause":
        others.push(`without ${each.code}${each.subject === null ? "" : ` of ${each.subject}`}`);
        break;
    }
  }
  const shared = both.length === 0 ? [] : [`${listText(both, 9)} in both runs`];
  return listText([...shared, ...others], 9);
}

function flagText(name: string, value: string): string {
  return value === "true" ? name : `${name}=${value}`;
}

/** Why the statement is as sure as it is. */
export function whatIfDetail({ actions, evidence }: WhatIf): string {
  const hits = actions.filter(({ would }) => would === "hit");
  const proven = hits.filter((each) => each.evidence === "proven").length;
  const atMost = actions.filter((each) => each.would === "miss" && each.evidence === "at-most").length;
  const parts: string[] = [];
  if (proven > 0)
    parts.push(
      `${countText(proven, "key comes", "keys come")} out as the earlier run recorded ${proven === 1 ? "it" : "them"}, by Go's own rules`,
    );
  if (hits.length > proven)
    parts.push(
      `by Go's rules what goes into ${proven === 0 ? "their" : "the other"} keys is the same in both runs; taken for granted: equal inputs give equal outputs, and the earlier run's results are still there`,
    );
  if (atMost > 0)
    parts.push(
      `${numberText(atMost)} would miss only if the output of a dependency differs, which need not be so`,
    );
  if (parts.length === 0)
    return evidence === "predicted"
      ? "what missed would have another key than in the earlier run all the same"
      : "";
  return parts.join("; ");
}

/** The first line: `with -trimpath in both runs 56 of 57 misses would have been hits, 27 s of 28 s of work`. */
export function whatIfHeadText(report: WhatIfReport): string {
  const { missed, wouldMiss, seconds, wouldTakeSeconds } = report;
  const spared = missed - wouldMiss;
  if (missed === 0 && wouldMiss === 0) return `nothing missed in this run${alwaysText(report)}`;
  const all = missed === 1 ? "the only miss" : `all ${numberText(missed)} misses`;
  if (spared < 0)
    return `${report.supposed} ${countText(wouldMiss, "action")} would have missed instead of ${numberText(missed)}`;
  if (spared === 0) return `${report.supposed} ${all} would have missed all the same${alwaysText(report)}`;
  const what = wouldMiss === 0 ? all : `${numberText(spared)} of ${countText(missed, "miss", "misses")}`;
  const noun = spared === 1 ? "a hit" : "hits";
  const gone = report.actions.every(({ would }) => would !== "hit");
  const verb = gone ? "would not have been" : `would have been ${noun}`;
  return `${report.supposed} ${what} ${verb}${workText(seconds, wouldTakeSeconds)}${alwaysText(report)}`;
}

function workText(seconds: number | null, would: number | null): string {
  if (seconds === null || would === null) return "";
  const spared = secondsText(Math.max(0, seconds - would));
  const all = secondsText(seconds);
  return would === 0 || spared === all ? `, ${spared} of work` : `, ${spared} of ${all} of work`;
}

function alwaysText({ always }: WhatIfReport): string {
  const spared = always.ran - always.wouldRun;
  if (spared === 0) return "";
  const work =
    always.seconds === null || always.wouldTakeSeconds === null
      ? ""
      : `, ${secondsText(always.seconds - always.wouldTakeSeconds)}`;
  return `; ${numberText(spared)} of ${numberText(always.ran)} that ran without being a miss would have been spared${work}`;
}

/** `CGO_CFLAGS changed: "-O2" → "-O1": 6 actions, 5.0 s`. */
export function remainingText({ summary, actions, seconds }: RemainingCause): string {
  return `${summary}: ${countText(actions, "action")}${seconds === null ? "" : `, ${secondsText(seconds)}`}`;
}

/** `-trimpath leaves the directory in CGO_CFLAGS of internal/native (${SRCDIR} or -I)`. */
export function unreachedText(
  { input, packages }: WhatIfReport["unreached"][number],
  module: string | null,
): string {
  const names = packages.map((name) => packageName(name, module));
  const why = input.startsWith("CGO_") ? ", where a #cgo line or a variable names it (-I, SRCDIR)" : "";
  return `-trimpath leaves the directory in ${input} of ${listText(names, 4)}${why}`;
}

/** `really built: 0 missed, 1.2 s of work, as predicted`. */
export function verifiedText(verified: Verified, report: WhatIfReport): string {
  const work = verified.seconds === null ? "" : `, ${secondsText(verified.seconds)} of work`;
  const head = `really built in copies: ${numberText(verified.missed)} missed${work}`;
  if (verified.otherwise.length === 0) return `${head}, as predicted`;
  const names = verified.otherwise.map(({ key }) => key);
  const better = verified.otherwise.every(({ would, did }) => would === "miss" && did !== "miss");
  const isBound = better && report.evidence.kind === "at-most";
  const list = listText(
    names.map((name) => actionName(name, report.now.module)),
    4,
  );
  return isBound
    ? `${head}, within the bound: ${list} hit, since a dependency gave the same output`
    : `${head}; otherwise than predicted: ${list}`;
}
