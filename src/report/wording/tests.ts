import type { Tests, TestsInput } from "../tests.ts";
import { listText, packageName } from "./names.ts";
import { countText, numberText } from "./numbers.ts";
import { changeText, visibleText } from "./values.ts";

/** The answer in one line: `9 of 12 test packages depend on variables or files; 2 inputs change on every run`. */
export function testsHeadText({ totals, before }: Tests): string {
  const { packages, unrecorded, dependent, notCacheable } = totals;
  const all = countText(packages, "test package");
  if (unrecorded === packages) {
    const those = packages === 1 ? "the one test package depends" : `the ${all} depend`;
    if (notCacheable === 0) return `what ${those} on was not recorded`;
    const none =
      notCacheable === packages ? "no result" : `no result of ${countText(notCacheable, "package")}`;
    return `go kept ${none}, and what ${those} on was not recorded`;
  }
  const depends =
    packages === 1
      ? `the one test package ${dependent === 1 ? "depends" : "does not depend"} on variables or files`
      : dependent === 0
        ? `none of ${all} depends on variables or files`
        : `${numberText(dependent)} of ${all} ${dependent === 1 ? "depends" : "depend"} on variables or files`;
  const kept = notCacheable === 0 ? [] : [`go kept no result of ${countText(notCacheable, "package")}`];
  return [depends, ...changesText(totals, before.length), ...kept].join("; ");
}

function changesText(totals: Tests["totals"], runs: number): string[] {
  const { inputs, changed, volatile } = totals;
  if (inputs === 0) return [];
  if (runs === 0) return ["there is no earlier run to compare with"];
  if (volatile > 0)
    return [`${countText(volatile, "input")} ${volatile === 1 ? "changes" : "change"} on every run`];
  const over = runs === 1 ? "since the run before" : `over ${numberText(runs + 1)} runs`;
  if (changed > 0) return [`${numberText(changed)} of ${countText(inputs, "input")} changed ${over}`];
  return [
    inputs === 1
      ? `the one input did not change ${over}`
      : `none of ${countText(inputs, "input")} changed ${over}`,
  ];
}

/** `TMPDIR`, `internal/io/testdata/big.bin`, `testdata/ (214 files)`. */
export function testsInputName(input: TestsInput): string {
  const name = visibleText(input.name);
  return input.files === 1 ? name : `${name} (${countText(input.files, "file")})`;
}

/** `6 of 6 runs`, `never`, or `-` where nothing was compared. */
export function changedInText(input: TestsInput): string {
  if (input.compared === 0) return "-";
  if (input.changed === 0) return "never";
  return `${numberText(input.changed)} of ${countText(input.compared, "run")}`;
}

/** What of an input changed, in words; null where it did not, or where that is not known. */
export function changedWhatText(input: TestsInput): string | null {
  if (input.changed === 0) return null;
  if (input.kind === "env") {
    if (input.last === null) return null;
    const change = changeText(input.last.before, input.last.now, "unset");
    return change === "" ? null : `last change: ${change}`;
  }
  const what = input.what.length === 0 ? [] : [testFileChangeText(input.what)];
  const names = input.changedFiles.map((name) => visibleText(name.slice(name.lastIndexOf("/") + 1)));
  const which = names.length === 0 ? [] : [`of ${listText(names, 4)}`];
  const text = [...what, ...which].join(" ");
  if (names.length > 0) return text.replace(/^its /, "the ");
  return text === "" ? null : text;
}

/** `its time and size changed`, `it changed` */
export function testFileChangeText(what: readonly string[]): string {
  const words = what.flatMap((word) => fileWords[word] ?? []);
  return words.length === 0 ? "it changed" : `its ${listText(words)} changed`;
}

const fileWords: Readonly<Record<string, string>> = {
  exists: "presence",
  size: "size",
  mode: "permissions",
  mtime: "time",
  listing: "list of files",
};

/** Why go keeps no result, as the head of a list of packages. */
export function notCacheableText(reason: string): string {
  if (reason === "no package list") return "without a package list";
  if (reason === "-count") return "with -count=1";
  return reason.startsWith("-") ? `with ${visibleText(reason)}` : visibleText(reason);
}

/** Packages by name, as many as a line bears. */
export function packagesText(packages: readonly string[], module: string | null, most = 4): string {
  return listText(
    packages.map((name) => visibleText(packageName(name, module))),
    most,
  );
}
