import type { ChangedTestInput, UnseenInput, WhyTest } from "../why-test.ts";
import { listText } from "../wording/names.ts";
import { countText } from "../wording/numbers.ts";
import { testFileChangeText } from "../wording/tests.ts";
import { changeText, visibleText } from "../wording/values.ts";
import { hang } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** Names that a line bears; JSON has all. */
const mostNames = 6;

/**
 * What a test depends on, and what of that Go does not see, below the story of why it ran.
 * @param isCached whether its result was found
 */
export function testLines(test: WhyTest, isCached: boolean, view: View, width: number): string[] {
  const lines = hang(inputsText(test, isCached), "    ", width);
  for (const each of test.changed) lines.push(...hang(changedText(each), "      ", width));
  if (test.unseen.length > 0) {
    lines.push("", ...hang("go does not see, so that a change leaves a stale result", "  ", width));
    const most = view.verbosity > 0 ? Number.POSITIVE_INFINITY : mostNames;
    for (const each of test.unseen) lines.push(...hang(unseenText(each, most), "    ", width));
    if (test.advice !== null) lines.push(...hang(visibleText(test.advice), "    ", width));
  }
  if (!test.importsKnown) {
    const text = "what it imports was not recorded: programs that it starts and the network can't be told";
    lines.push("", ...hang(text, "  ", width));
  }
  return lines;
}

function inputsText({ variables, files, changed }: WhyTest, isCached: boolean): string {
  if (variables === null || files === null) return "which variables and files it reads was not recorded";
  if (variables + files === 0) return "it reads no variable, and no file of the module";
  const reads = [
    ...(variables === 0 ? [] : [countText(variables, "variable")]),
    ...(files === 0 ? [] : [`${countText(files, "file or folder", "files and folders")} of the module`]),
  ].join(" and ");
  if (changed.length === 0) return `it reads ${reads}`;
  return `it reads ${reads}; ${isCached ? "a result was there already for what changed" : "changed"}:`;
}

function changedText(each: ChangedTestInput): string {
  const name = visibleText(each.name);
  if (each.kind === "env") {
    const change = changeText(each.before, each.now, "unset");
    return change === "" || hidden.test(`${each.before} ${each.now}`)
      ? `${name} (its value is hidden)`
      : `${name}: ${change}`;
  }
  const sides = [each.before, each.now].map((side) => visibleText(side ?? "nothing"));
  const change = each.before === each.now ? "" : `, ${sides.join(" → ")}`;
  return `${name}: ${testFileChangeText(each.what)}${change}`;
}

const hidden = /<hidden:[0-9a-f]+>/;

function unseenText({ kind, names, evidence }: UnseenInput, most: number): string {
  const shown = listText(names.map(visibleText), most);
  const what = {
    file: `files outside the module: ${shown}`,
    program: `what programs do that it starts by name${shown === "" ? "" : `: ${shown}`}`,
    network: "the network",
    clock: "the clock",
  }[kind];
  return `${what} (inferred: ${visibleText(evidence.detail)})`;
}
