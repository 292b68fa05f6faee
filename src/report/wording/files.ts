import type { ReportCause } from "../report.ts";
import { isTimeOnly } from "./context.ts";
import { listText } from "./names.ts";
import { countText, numberText } from "./numbers.ts";
import { visibleText } from "./values.ts";

/**
 * Many files in one sentence: `17 files under modules/caddyhttp were edited`.
 * @param folder the folder that they share, "" for the root.
 * @param others the folders that they lie in where they are what is left beside others ("" for the root), else null.
 */
export function fileSetText(
  files: readonly ReportCause[],
  folder: string,
  others: readonly string[] | null,
): string {
  const count = files.every(isTimeOnly)
    ? countText(files.length, ...touchedNames(files))
    : countText(files.length, "file");
  return `${count}${placeOf(files, folder, others)} ${whatHappened(files)}`;
}

function placeOf(files: readonly ReportCause[], folder: string, others: readonly string[] | null): string {
  if (others !== null) return ` in ${listText(others.map((name) => visibleText(name) || "the root"))}`;
  const inside = folder === "" ? 0 : folder.split("/").length;
  const flat = files.every((file) => file.subject.split("/").length === inside + 1);
  if (folder === "") return flat ? " in the module's root" : "";
  return ` ${flat ? "in" : "under"} ${visibleText(folder)}`;
}

function whatHappened(files: readonly ReportCause[]): string {
  if (files.every(isTimeOnly)) return `changed in nothing but their times${sameContentText(files)}`;
  const counts = new Map<string, number>();
  for (const file of files) counts.set(verbOf(file), (counts.get(verbOf(file)) ?? 0) + 1);
  if (counts.size === 1) {
    const [verb = ""] = counts.keys();
    return verb === "changed" ? verb : `${files.length === 1 ? "was" : "were"} ${verb}`;
  }
  return `changed (${[...counts].map(([verb, count]) => `${numberText(count)} ${verb}`).join(", ")})`;
}

/** What git has of them; folders have no content, and of some files it can't be told. */
function sameContentText(files: readonly ReportCause[]): string {
  const same = files.filter(({ contentInGit }) => contentInGit === "committed").length;
  if (same === 0) return "";
  return same === files.length
    ? ", same content as in git"
    : `, ${numberText(same)} with the same content as in git`;
}

/** Git answers for files alone: where it has no answer, some may be folders. */
function touchedNames(files: readonly ReportCause[]): [string, string] {
  return files.every(({ contentInGit }) => contentInGit !== undefined)
    ? ["file", "files"]
    : ["file or folder", "files and folders"];
}

function verbOf(file: ReportCause): string {
  switch (file.code) {
    case "file-edited":
      return "edited";
    case "file-added":
      return "added";
    case "file-removed":
      return "removed";
    case "test-file-too-new":
      return "too new";
    default:
      return "changed";
  }
}
