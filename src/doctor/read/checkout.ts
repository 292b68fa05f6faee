import { type Checkup, type CommandPlace, type GoSite, moduleOf } from "../checkup.ts";
import { readScript } from "../go-use.ts";
import type { PipelineRead, Unread } from "../pipeline.ts";
import { sourceText } from "../source-text.ts";
import { readBuildkite } from "./buildkite.ts";
import { readCircleci } from "./circleci.ts";
import { type Dockerfile, readDockerfile } from "./dockerfile.ts";
import { type ReadText, readWorkflow } from "./github.ts";
import { readGitlab } from "./gitlab.ts";
import { type GoSource, packageOf, readGoSource } from "./go-source.ts";
import { readJenkinsfile } from "./jenkinsfile.ts";
import { type Makefile, readMakefile } from "./makefile.ts";

/** What was found in the checkout: names relative to its root, with slashes. */
export interface Tree {
  readonly files: readonly string[];
  readonly readText: ReadText;
  /** The first few thousand characters of a file. */
  readonly readHead: ReadText;
}

/** Takes the files of a checkout apart. Other people's code (vendor, testdata, node_modules) is not looked at. */
export function readCheckout(tree: Tree): Checkup {
  const files = tree.files.filter(
    (file) => !/(?:^|\/)(?:vendor|testdata|node_modules|third_party|_[^/]*)\//.test(file),
  );
  const each = <T>(isOne: (file: string) => boolean, read: (file: string, text: string) => T): T[] =>
    files.flatMap((file) => {
      const text = isOne(file) ? tree.readText(file) : null;
      return text === null ? [] : [read(file, text)];
    });
  const pipelines = files.flatMap((file): readonly PipelineRead[] => {
    const read = readerOf(file);
    const text = read === null ? null : tree.readText(file);
    return read === null || text === null ? [] : [read(file, text, tree.readText)];
  });
  const makefiles = each(isMakefile, (file, text) => readMakefile(file, text, tree.readText));
  const dockerfiles = each(isDockerfile, readDockerfile);
  const unread: Unread[] = [
    ...pipelines.flatMap((read) => read.unread),
    ...makefiles.flatMap((makefile) => makefile.unread),
    ...dockerfiles.flatMap((dockerfile) => dockerfile.unread),
  ];
  const scripts = each(
    (file) => isScript(file, tree.readHead),
    (file, text): CommandPlace => {
      const read = readScript(sourceText(file, text), new Map());
      if (read.problem !== null) unread.push({ file, line: read.problem.line, reason: read.problem.message });
      return { file, where: { kind: "script" }, commands: read.commands, uses: read.uses };
    },
  );
  const jobs = pipelines.flatMap((read) => read.jobs);
  const places: CommandPlace[] = [
    ...jobs.map(
      (job): CommandPlace => ({
        file: job.file,
        where: { kind: "job", job },
        commands: job.commands,
        uses: job.uses,
      }),
    ),
    ...makefiles.flatMap(placesOfMakefile),
    ...dockerfiles.flatMap(placesOfDockerfile),
    ...scripts,
  ];
  const modules = files.filter((file) => /(?:^|\/)go\.mod$/.test(file)).map(folder);
  return {
    files,
    jobs,
    makefiles,
    dockerfiles,
    sources: readSources(files, tree),
    modules,
    mains: once(() => findMains(files, tree.readHead, modules)),
    sites: places.flatMap(({ uses, where }) => uses.map((use): GoSite => ({ use, where }))),
    places,
    unread,
    dockerignore: tree.readText(".dockerignore"),
  };
}

function readerOf(file: string): ((file: string, text: string, readText: ReadText) => PipelineRead) | null {
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(file)) return readWorkflow;
  if (/^\.gitlab-ci\.ya?ml$/.test(file)) return readGitlab;
  if (/^\.circleci\/config\.ya?ml$/.test(file)) return readCircleci;
  if (/^\.?buildkite\/(?:[^/]*\/)?[^/]*pipeline[^/]*\.ya?ml$|^\.buildkite\/[^/]+\.ya?ml$/.test(file))
    return readBuildkite;
  if (/(?:^|\/)Jenkinsfile(?:\.[\w-]+)?$|\.jenkinsfile$/i.test(file)) return readJenkinsfile;
  return null;
}

function isMakefile(file: string): boolean {
  return /(?:^|\/)(?:GNUmakefile|[Mm]akefile)$|\.(?:mk|make)$/.test(file);
}

function isDockerfile(file: string): boolean {
  return (
    /(?:^|\/)(?:Docker|Container)file(?:\.[\w.-]+)?$|\.[Dd]ockerfile$/.test(file) && !/ignore$/.test(file)
  );
}

function isScript(file: string, readHead: ReadText): boolean {
  if (/\.(?:sh|bash)$/.test(file)) return true;
  const isNamed = /^(?:\.?ci|hack|scripts?|build|bin|tools|make)\/(?:.*\/)?[\w-]+$/.test(file);
  return isNamed && /^#!\s*\S*\/(?:env\s+)?(?:ba|da)?sh\b/.test(readHead(file) ?? "");
}

function placesOfMakefile(makefile: Makefile): CommandPlace[] {
  return makefile.targets.map(({ name, file, commands, uses }) => ({
    file,
    where: { kind: "make", target: name, file },
    commands,
    uses,
  }));
}

function placesOfDockerfile({ file, stages }: Dockerfile): CommandPlace[] {
  return stages.flatMap(({ steps }) =>
    steps.flatMap((step): readonly CommandPlace[] =>
      step.kind === "run"
        ? [
            {
              file,
              where: { kind: "docker", run: step.run },
              commands: step.run.commands,
              uses: step.run.uses,
            },
          ]
        : [],
    ),
  );
}

function readSources(files: readonly string[], tree: Tree): readonly GoSource[] {
  return files.flatMap((file) => {
    if (!file.endsWith(".go")) return [];
    const isTest = file.endsWith("_test.go");
    if (!isTest && !/^\s*import\s+"C"/m.test(tree.readHead(file) ?? "")) return [];
    const text = tree.readText(file);
    return text === null ? [] : [readGoSource(file, text)];
  });
}

/** Folders with a package main that `./...` of their module has. */
function findMains(
  files: readonly string[],
  readHead: ReadText,
  modules: readonly string[],
): readonly string[] {
  const mains = new Set<string>();
  for (const file of files) {
    if (!file.endsWith(".go") || file.endsWith("_test.go") || mains.has(folder(file))) continue;
    const found = packageOf(readHead(file) ?? "");
    if (found?.name === "main" && !found.isIgnored && moduleOf(folder(file), modules) !== null)
      mains.add(folder(file));
  }
  return [...mains].sort();
}

function folder(file: string): string {
  const at = file.lastIndexOf("/");
  return at < 0 ? "." : file.slice(0, at);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
