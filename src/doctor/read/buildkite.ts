import { readScript } from "../go-use.ts";
import type { CacheUse, Job, PipelineRead, Placed, Unread } from "../pipeline.ts";
import { cacheContents } from "./cache-contents.ts";
import { shellVariables } from "./circleci.ts";
import { joinParts, partsOfFiles, partsOfText } from "./github.ts";
import { at, entriesOf, itemsOf, linesOf, readYaml, textAt, textsOf, type Yaml } from "./yaml.ts";

/** Reads a pipeline of Buildkite; steps that a program uploads later are not to be had. */
export function readBuildkite(file: string, text: string): PipelineRead {
  const read = readYaml(file, text);
  if ("problem" in read) return { jobs: [], unread: [{ file, line: read.line, reason: read.problem }] };
  const unread: Unread[] = [];
  const [root] = read.documents;
  const shared = placedOf(at(root, "env"));
  const steps = itemsOf(root?.kind === "list" ? root : at(root, "steps"));
  const jobs = stepsIn(steps).flatMap((step, index) => readStep(step, index, file, shared, unread));
  return { jobs, unread };
}

function stepsIn(steps: readonly Yaml[]): readonly Yaml[] {
  return steps.flatMap((step) => {
    const inner = at(step, "steps");
    return inner === null ? [step] : stepsIn(itemsOf(inner));
  });
}

function readStep(
  step: Yaml,
  index: number,
  file: string,
  shared: ReadonlyMap<string, Placed>,
  unread: Unread[],
): readonly Job[] {
  const scripts = [...textsOf(at(step, "command")), ...textsOf(at(step, "commands"))];
  if (scripts.length === 0) return [];
  const variables = new Map([...shared, ...placedOf(at(step, "env"))]);
  const read = scripts.map((script) => readScript(script.source, shellVariables(variables)));
  for (const { problem } of read) {
    if (problem !== null) unread.push({ file, line: problem.line, reason: problem.message });
  }
  const plugins = itemsOf(at(step, "plugins")).flatMap((plugin) => entriesOf(plugin));
  const caches = plugins.flatMap(([name, { value, line }]) => {
    const cache = /^(?:[\w.-]+\/)?cache(?:-buildkite-plugin)?#/.test(name)
      ? readCache(value, line, file, variables)
      : null;
    return cache === null ? [] : [cache];
  });
  return [
    {
      system: "buildkite",
      file,
      line: step.line,
      name: textAt(step, "label")?.text ?? textAt(step, "key")?.text ?? `step ${index + 1}`,
      platforms: null,
      goVersions: null,
      goVersionTexts: [],
      runsOnMain: true,
      variables,
      caches,
      uses: read.flatMap((script) => script.uses),
      commands: read.flatMap((script) => script.commands),
      actions: plugins.map(([name, { line, value }]) => ({ file, line, name, inputs: placedOf(value) })),
    },
  ];
}

/** The cache plugin: `manifest` is hashed into keys of the level `file`; `key-extra` is put into all keys. */
function readCache(
  value: Yaml,
  line: number,
  file: string,
  variables: ReadonlyMap<string, Placed>,
): CacheUse | null {
  const paths = [...linesOf(at(value, "path")), ...linesOf(at(value, "paths"))];
  const restore = textAt(value, "restore")?.text ?? null;
  const save = textsOf(at(value, "save"));
  if (paths.length === 0 || (restore === null && save.length === 0)) return null;
  const manifest = textsOf(at(value, "manifest"));
  const extra = textAt(value, "key-extra");
  const level = save[0]?.text ?? restore ?? "file";
  const isHashed = level === "file";
  const place = manifest[0] ?? extra ?? { line };
  const text = [
    level,
    ...(isHashed ? manifest.map((each) => each.text) : []),
    ...(extra === null ? [] : [extra.text]),
  ];
  const isWider = restore !== null && restore !== "file";
  const none = partsOfText("");
  return {
    file,
    line,
    does: save.length === 0 ? "restore" : restore === null ? "save" : "both",
    by: "cache",
    key: {
      text: text.join(" "),
      line: place.line,
      parts: joinParts([
        isHashed
          ? partsOfFiles(
              manifest.map((each) => each.text),
              true,
            )
          : { ...none, branch: level === "branch" },
        extra === null ? none : { ...partsOfText(extra.text), isUnclear: extra.text.includes("$") },
      ]),
    },
    fallbacks: isWider ? [{ text: restore, line, parts: none }] : [],
    isPrefix: false,
    paths,
    holds: cacheContents(paths, variables),
    // Levels above the file's are only written where nothing is there, unless force is on.
    isFrozen: textAt(value, "force") === null,
  };
}

function placedOf(map: Yaml | null): Map<string, Placed> {
  return new Map(
    entriesOf(map).flatMap(([name, { value }]) =>
      value.kind === "text" ? [[name, { text: value.text, line: value.line }] as const] : [],
    ),
  );
}
