import { isNotCacheable, type Tests, type TestsInput } from "../tests.ts";
import { adviceText } from "../wording/advice.ts";
import { listText } from "../wording/names.ts";
import { countText, secondsText } from "../wording/numbers.ts";
import {
  changedInText,
  changedWhatText,
  notCacheableText,
  packagesText,
  testsHeadText,
  testsInputName,
} from "../wording/tests.ts";
import { visibleText } from "../wording/values.ts";
import { runsText } from "./inputs.ts";
import { hang, padEnd, squeeze, widthOf } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** What tests depend on, as JSON: two spaces, a newline at the end. */
export function renderTestsJson(tests: Tests): string {
  return `${JSON.stringify(tests, null, 2)}\n`;
}

/** What tests depend on, on a terminal: what changed, then what is never cached, then what to do. With `-v` nothing is left out. */
export function renderTests(tests: Tests, view: View): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  const lines = hang(`gocache-why: ${testsHeadText(tests)}`, "", width);
  lines.push(...hang(`(${comparedText(tests, view)})`, "  ", width));
  for (const part of [
    inputLines(tests, view, width),
    notCacheableLines(tests, view, width),
    otherLines(tests, view, width),
    adviceLines(tests, width),
  ]) {
    if (part.length > 0) lines.push("", ...part);
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function comparedText(tests: Tests, view: View): string {
  const run = runsText(null, tests.now, view);
  const count = tests.before.length;
  return count === 0 ? run : `${run}; compared with ${countText(count, "earlier run")}`;
}

/** Rows of the short table: those that changed; where nothing was compared, those that most packages read. */
const mostRows = 12;

function inputLines(tests: Tests, view: View, width: number): string[] {
  const shown = view.verbosity > 0 ? tests.inputs : shortList(tests);
  const rest = tests.inputs.slice(shown.length);
  const lines = shown.length === 0 ? [] : tableLines(shown, tests, view, width);
  if (rest.length === 0) return lines;
  const changed = rest.filter((input) => input.changed > 0).length;
  const never = tests.before.length > 0 && changed === 0;
  const over = shown.length === 0 ? countText(rest.length, "input") : `${rest.length} more`;
  lines.push(...hang(`${over}${never ? ` that never changed` : ""}: add -v`, "  ", width));
  return lines;
}

function shortList(tests: Tests): readonly TestsInput[] {
  const changed = tests.inputs.filter((input) => input.changed > 0);
  const isAnyCompared = tests.inputs.some((input) => input.compared > 0);
  return (isAnyCompared ? changed : tests.inputs).slice(0, mostRows);
}

function tableLines(inputs: readonly TestsInput[], tests: Tests, view: View, width: number): string[] {
  const isAnyCompared = inputs.some((input) => input.compared > 0);
  const isTimed = inputs.some((input) => input.changed > 0 && input.seconds !== null);
  const head = [
    "input",
    "read by",
    ...(isAnyCompared ? ["changed in"] : []),
    ...(isTimed ? ["tests ran"] : []),
  ];
  const rows = inputs.map((input) => [
    testsInputName(input),
    countText(input.packages.length, "package"),
    ...(isAnyCompared ? [changedInText(input)] : []),
    ...(isTimed ? [input.changed === 0 || input.seconds === null ? "" : secondsText(input.seconds)] : []),
  ]);
  const columns = head.map((_, at) => Math.max(...[head, ...rows].map((row) => widthOf(row[at] ?? ""))));
  const used = columns.slice(1).reduce((sum, column) => sum + column + 2, 2);
  const room = Math.min(columns[0] ?? 0, width - used);
  // Where a name would be cut to nothing, its figures stand below it.
  const isNarrow = room < Math.min(columns[0] ?? 0, 24);
  const line = (row: readonly string[]): string[] => {
    const figures = row.slice(1).map((text, at) => padEnd(text, columns[at + 1] ?? 0));
    if (isNarrow)
      return [
        ...hang(row[0] ?? "", "  ", width),
        ...hang(row.slice(1).filter(Boolean).join(", "), "    ", width),
      ];
    return [`  ${padEnd(squeeze(row[0] ?? "", room), room)}  ${figures.join("  ")}`];
  };
  return [
    ...(isNarrow ? [] : line(head)),
    ...inputs.flatMap((input, at) => [...line(rows[at] ?? []), ...detailLines(input, tests, view, width)]),
  ];
}

function detailLines(input: TestsInput, tests: Tests, view: View, width: number): string[] {
  const what = changedWhatText(input);
  const lines = what === null ? [] : hang(what, "    ", width);
  if (view.verbosity === 0) return lines;
  return [
    ...lines,
    ...hang(packagesText(input.packages, tests.now.module, Number.POSITIVE_INFINITY), "    ", width),
  ];
}

function notCacheableLines(tests: Tests, view: View, width: number): string[] {
  const all = tests.packages.filter(isNotCacheable);
  if (all.length === 0) return [];
  const reasons = [...new Set(all.flatMap((each) => each.notCacheable))].sort();
  const files = [...new Set(all.flatMap((each) => each.tooNew))].sort();
  const named = (
    packages: readonly { readonly package: string; readonly seconds: number | null }[],
  ): string => {
    const names = packages.map((each) => each.package);
    const most = view.verbosity > 0 ? Number.POSITIVE_INFINITY : 4;
    const seconds = packages.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
    const work = seconds > 0 ? `, ${secondsText(seconds)}` : "";
    return `${countText(names.length, "package")}${work} (${packagesText(names, tests.now.module, most)})`;
  };
  const unkept = all.filter((each) => each.unkept);
  return [
    "  go kept no result",
    ...reasons.flatMap((reason) => {
      const mine = all.filter((each) => each.notCacheable.includes(reason));
      return hang(`${notCacheableText(reason)}: ${named(mine)}`, "    ", width);
    }),
    ...files.flatMap((path) => {
      const mine = all.filter((each) => each.tooNew.includes(path));
      return hang(`since ${visibleText(path)} was less than 2 s old: ${named(mine)}`, "    ", width);
    }),
    ...(unkept.length === 0
      ? []
      : hang(
          `though the tests passed; most likely a file that they read or write in the module was less than 2 s old (inferred): ${named(unkept)}`,
          "    ",
          width,
        )),
  ];
}

function otherLines(tests: Tests, view: View, width: number): string[] {
  const most = view.verbosity > 0 ? Number.POSITIVE_INFINITY : 4;
  const told = (label: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : hang(`${label}: ${packagesText(names, tests.now.module, most)}`, "  ", width);
  const failed = tests.packages.filter((each) => each.failed).map((each) => each.package);
  const unrecorded = tests.packages
    .filter((each) => each.inputs === null && !isNotCacheable(each) && !each.failed)
    .map((each) => each.package);
  return [
    ...told("failed, and failures are never kept", failed),
    ...(unrecorded.length === tests.packages.length
      ? []
      : told("no record of what they depend on", unrecorded)),
  ];
}

function adviceLines(tests: Tests, width: number): string[] {
  if (tests.advice.length === 0) return [];
  return [
    "  to find more of it cached",
    ...tests.advice.flatMap((each) => {
      const text = visibleText(adviceText(each));
      const subjects = each.subjects.map(visibleText);
      const about = subjects.every((subject) => text.includes(subject)) ? "" : `${listText(subjects)}: `;
      return hang(`${about}${text} [${countText(each.packages.length, "package")}]`, "    ", width);
    }),
  ];
}
