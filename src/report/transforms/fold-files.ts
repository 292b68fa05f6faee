import type { CauseCode } from "../../causes/cause.ts";
import type { ReportCause } from "../report.ts";
import { isTimeOnly } from "../wording/context.ts";
import { fileSetText } from "../wording/files.ts";
import type { CauseGroup, ReportView } from "./report-view.ts";
import { byCost, mergeGroups, sumSeconds } from "./report-view.ts";

/** Up to this many files are named one by one; more become this many lines at most. */
const mostLines = 4;

/**
 * Folds the files of a large edit into lines by folder. It removes this:
 *
 *     1  modules/caddyhttp/app.go was edited          31 s
 *     2  modules/caddyhttp/autohttps.go was edited    31 s
 *     …  38 more, most of which name the same packages
 *
 * and gives `17 files under modules/caddyhttp were edited`. Folders are opened where the seconds are.
 */
export function foldFiles(view: ReportView): ReportView {
  return families.reduce(foldFamily, foldTouched(view));
}

const families: readonly ReadonlySet<CauseCode>[] = [
  new Set<CauseCode>(["file-edited", "file-added", "file-removed"]),
  new Set<CauseCode>(["test-file-changed", "test-file-too-new"]),
];

/** Up to this many files of which nothing but the time changed are named one by one. */
const mostTouched = 2;

/** A fresh clone touches all files: what that cost is one line, and no folder of it is worth a line more than the others. */
function foldTouched(view: ReportView): ReportView {
  const touched = view.shown.filter((group) => {
    const [cause] = causesOf(view, group);
    return cause !== undefined && isTimeOnly(cause) && !isOther(cause);
  });
  if (touched.length <= mostTouched) return view;
  const causes = touched.flatMap((group) => causesOf(view, group));
  const summary = fileSetText(causes, commonFolder(causes.map(({ subject }) => subject)), null);
  const rest = view.shown.filter((group) => !touched.includes(group));
  return { ...view, shown: [...rest, mergeGroups(view, touched, summary)].sort(byCost) };
}

/** Its content is none that git has: what is true of a fresh clone's files is not true of it. */
function isOther({ contentInGit }: ReportCause): boolean {
  return contentInGit === "modified" || contentInGit === "untracked";
}

function causesOf(view: ReportView, group: CauseGroup): ReportCause[] {
  return group.causes.flatMap((index) => view.report.causes[index] ?? []);
}

interface Folder {
  readonly files: readonly CauseGroup[];
  /** Set for what is left beside the folders that have a line of their own: their names. */
  readonly others: readonly string[] | null;
}

function foldFamily(view: ReportView, family: ReadonlySet<CauseCode>): ReportView {
  const files = view.shown.filter((group) => family.has(group.code) && group.causes.length === 1);
  if (files.length <= mostLines) return view;
  const folders = openFolders(view, files);
  const folded = folders.map((folder) => {
    const causes = folder.files.flatMap((group) => causesOf(view, group));
    return mergeGroups(
      view,
      folder.files,
      fileSetText(causes, commonFolder(pathsOf(view, folder)), folder.others),
    );
  });
  const rest = view.shown.filter((group) => !files.includes(group));
  return { ...view, shown: [...rest, ...folded].sort(byCost) };
}

function openFolders(view: ReportView, files: readonly CauseGroup[]): Folder[] {
  let folders: Folder[] = [{ files, others: null }];
  const closed = new Set<Folder>();
  for (;;) {
    const next = folders
      .filter((folder) => folder.others === null && !closed.has(folder))
      .sort((a, b) => costOf(b) - costOf(a))[0];
    if (next === undefined) return folders;
    const inside = open(view, next);
    const room = mostLines - (folders.length - 1);
    if (inside.length < 2 || (inside.length > room && folders.length > 1)) closed.add(next);
    else folders = [...folders.filter((folder) => folder !== next), ...keep(inside, room)];
  }
}

interface Named {
  readonly name: string;
  readonly files: readonly CauseGroup[];
}

function open(view: ReportView, folder: Folder): Named[] {
  const base = commonFolder(pathsOf(view, folder));
  const inside = new Map<string, CauseGroup[]>();
  for (const group of folder.files) {
    const [, ...below] = [
      base,
      ...pathOf(view, group)
        .split("/")
        .slice(base === "" ? 0 : base.split("/").length),
    ];
    const name = below.length > 1 ? [base, below[0]].filter((part) => part !== "").join("/") : "";
    const list = inside.get(name);
    if (list === undefined) inside.set(name, [group]);
    else list.push(group);
  }
  return [...inside].map(([name, files]) => ({ name, files }));
}

function keep(inside: readonly Named[], room: number): Folder[] {
  const sorted = [...inside].sort((a, b) => costOf(b) - costOf(a) || (a.name < b.name ? -1 : 1));
  if (sorted.length <= room) return sorted.map(({ files }) => ({ files, others: null }));
  const own = sorted.slice(0, room - 1);
  const rest = sorted.slice(room - 1);
  return [
    ...own.map(({ files }) => ({ files, others: null })),
    { files: rest.flatMap(({ files }) => files), others: rest.map(({ name }) => name).sort() },
  ];
}

/** Seconds, or actions where there are none: only for comparing folders with each other. */
function costOf(folder: { files: readonly CauseGroup[] }): number {
  const seconds = sumSeconds(folder.files.map((group) => group.seconds));
  const actions = folder.files.reduce((sum, group) => sum + group.direct + group.cascade, 0);
  return seconds ?? actions;
}

function pathsOf(view: ReportView, folder: Folder): string[] {
  return folder.files.map((group) => pathOf(view, group));
}

function pathOf(view: ReportView, group: CauseGroup): string {
  return view.report.causes[group.causes[0] ?? -1]?.subject ?? "";
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...rest] = paths.map((path) => path.split("/").slice(0, -1));
  let length = first.length;
  for (const parts of rest) {
    let same = 0;
    while (same < length && parts[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length).join("/");
}
