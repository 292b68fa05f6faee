import { type Checkup, folderOf, moduleOf } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { GoCall, GoSource } from "../read/go-source.ts";

/** Tests that write into their module: what was written less than 2 s before the test ended keeps its result out of the cache. */
export function testWritesModule({ sources }: Checkup): readonly Sighting[] {
  return tests(sources).flatMap((source) => {
    const call = source.calls.find(
      (each) => isWrite(each) && !each.isConditional && isInPackage(each.path) && !isRemoved(source, each),
    );
    if (call === undefined) return [];
    return [
      {
        code: "test-writes-module",
        file: source.file,
        line: call.line,
        values: { path: call.path ?? "", call: call.name, example: "t.TempDir()" },
        evidence: `${call.name}(${call.arguments.slice(0, 60)}…)`,
      },
    ];
  });
}

/** Tests that read the repository's .git: each commit and fetch changes it. */
export function testReadsGit({ sources }: Checkup): readonly Sighting[] {
  return tests(sources).flatMap((source) => {
    const call = source.calls.find(
      (each) =>
        reads.has(each.name) && each.path?.split("/").includes(".git") === true && !each.path.startsWith("/"),
    );
    if (call === undefined) return [];
    return [
      {
        code: "test-reads-git",
        file: source.file,
        line: call.line,
        values: { path: call.path ?? "" },
        evidence: `${call.name}(${call.arguments.slice(0, 60)})`,
      },
    ];
  });
}

/** Tests that walk or list their module's root: every file below it is an input. */
export function testWalksModule({ sources, modules }: Checkup): readonly Sighting[] {
  return tests(sources).flatMap((source) => {
    const root = moduleOf(source.directory, modules);
    const call = source.calls.find(
      (each) =>
        walks.has(each.name) &&
        each.path !== null &&
        root !== null &&
        folderOf(`${source.directory}/${each.path}`) === root,
    );
    if (call === undefined) return [];
    return [
      {
        code: "test-walks-module",
        file: source.file,
        line: call.line,
        values: { call: call.name },
        evidence: `${call.name}(${call.arguments.slice(0, 60)})`,
      },
    ];
  });
}

const writes = new Set(["os.WriteFile", "os.Create", "os.Mkdir", "os.MkdirAll", "ioutil.WriteFile"]);
const reads = new Set([
  "os.Open",
  "os.ReadFile",
  "os.Stat",
  "os.Lstat",
  "os.ReadDir",
  "ioutil.ReadFile",
  "ioutil.ReadDir",
  "filepath.Walk",
  "filepath.WalkDir",
]);
const walks = new Set(["filepath.Walk", "filepath.WalkDir"]);

/** Test files that stay where they are: after a chdir a relative path is elsewhere. */
function tests(sources: readonly GoSource[]): readonly GoSource[] {
  return sources.filter((source) => source.isTest && !/\.Chdir\(/.test(source.code));
}

function isWrite({ name, arguments: text }: GoCall): boolean {
  return writes.has(name) || (name === "os.OpenFile" && /O_CREATE|O_WRONLY|O_RDWR/.test(text));
}

function isInPackage(path: string | null): boolean {
  return path !== null && path !== "" && !/^(?:\/|[A-Za-z]:|~)/.test(path);
}

/** What is removed again is gone when the result is stored, and no new file is left. */
function isRemoved(source: GoSource, { path }: GoCall): boolean {
  return source.calls.some(
    ({ name, literals }) =>
      /^os\.Remove(?:All)?$/.test(name) &&
      literals.some((each) => path === each || path?.startsWith(`${each}/`)),
  );
}
