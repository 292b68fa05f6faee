import type { Run } from "../model/run.ts";
import { type Assumption, hasInput, isOwn } from "./assumption.ts";

/**
 * Other directories of the checkout.
 * @param roots where a main module may have been: module path → absolute directories, the likeliest first
 * @param shown those of them that archives name
 */
export function assumeDirectories(
  now: Run,
  roots: ReadonlyMap<string, readonly string[]>,
  shown: ReadonlySet<string> = new Set(),
): readonly Assumption[] {
  return Object.entries(now.moduleRoots).flatMap(([module, present]) =>
    (roots.get(module) ?? [])
      .filter((root) => root !== present)
      .map(
        (root): Assumption => ({
          label: root,
          group: `directory ${module}`,
          patch: (run) => movedRun(run, module, root),
          causesOf: () => [{ code: "directory-moved", subject: module }],
          reaches: (action) => action.kind === "link" || isOwn(action, now),
          onlyWith: null,
          showsInFiles: false,
          standsIn: "own keys",
          isLikely: shown.has(root),
          asRun: null,
        }),
      ),
  );
}

function movedRun(run: Run, module: string, root: string): Run {
  const from = run.moduleRoots[module] ?? "";
  const moved = (path: string): string =>
    path === from || path.startsWith(`${from}/`) ? root + path.slice(from.length) : path;
  return {
    ...run,
    directory: run.directory === null ? null : moved(run.directory),
    moduleRoots: { ...run.moduleRoots, [module]: root },
    files: run.files.map((file) => ({ ...file, path: moved(file.path) })),
  };
}

const hasDirectory = hasInput(/^(dir|trimpath)$/);

/** Other module caches. */
export function assumeModuleCaches(now: Run, places: readonly string[]): readonly Assumption[] {
  return places
    .filter((place) => place !== now.gomodcache)
    .map((place) => ({
      label: `GOMODCACHE=${place}`,
      group: "GOMODCACHE",
      patch: (run) => ({
        ...run,
        gomodcache: place,
        settings: { ...run.settings, env: { ...run.settings.env, GOMODCACHE: place } },
      }),
      causesOf: () => [{ code: "modcache-moved", subject: "GOMODCACHE" }],
      reaches: () => true,
      // Packages of the standard library have no directory.
      onlyWith: hasDirectory,
      showsInFiles: false,
      standsIn: "some keys",
      isLikely: false,
      asRun: null,
    }));
}

/** Where CI systems and containers check code out; `{repository}`, `{owner}` come from the module's path. */
const usual = [
  "/builds/{owner}/{repository}",
  "/home/runner/work/{repository}/{repository}",
  "/__w/{repository}/{repository}",
  "/app",
  "/src",
  "/build",
  "/workspace",
  "/workspaces/{repository}",
  "/work",
  "/code",
  "/go/src/app",
  "/go/src/{module}",
  "/root/go/src/{module}",
  "/usr/src/app",
  "/usr/src/{repository}",
  "/usr/local/app",
  "/home/circleci/project",
  "/root/project",
  "/drone/src",
  "/github/workspace",
  "/opt/atlassian/pipelines/agent/build",
  "/var/lib/jenkins/workspace/{repository}",
  "/home/jenkins/agent/workspace/{repository}",
  "/home/vsts/work/1/s",
  "/codebuild/output/src/{repository}",
  "/buildkite/builds/{repository}",
  "/home/travis/gopath/src/{module}",
  "/tmp/{repository}",
  "/root/{repository}",
  "/{repository}",
  "/project",
  "/source",
  "/repo",
  "/app/src",
  "/workdir",
  "/woodpecker/src/{module}",
];

/** The usual places of a module; of one in a folder of its repository too. */
export function usualDirectories(module: string, present: string): readonly string[] {
  const parts = module.split("/").filter((part) => !/^v\d+$/.test(part));
  const isHosted = (parts[0] ?? "").includes(".");
  const owner = (isHosted ? parts[1] : parts[0]) ?? "app";
  const repository = (isHosted ? (parts[2] ?? parts[1]) : parts.at(-1)) ?? "app";
  const names = new Set([repository, parts.at(-1) ?? repository, present.split("/").at(-1) ?? repository]);
  const found = [...names].flatMap((name) =>
    usual.map((each) =>
      each.replaceAll("{repository}", name).replaceAll("{owner}", owner).replaceAll("{module}", module),
    ),
  );
  return [...new Set(found)];
}

export const usualModuleCaches = [
  "/go/pkg/mod",
  "/root/go/pkg/mod",
  "/home/runner/go/pkg/mod",
  "/home/circleci/go/pkg/mod",
  "/github/home/go/pkg/mod",
  "/cache/gomod",
  "/gomodcache",
  "/builds/.go/pkg/mod",
  "/home/jenkins/go/pkg/mod",
  "/home/vsts/go/pkg/mod",
] as const;
