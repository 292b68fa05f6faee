import { readScript } from "../go-use.ts";
import type { CacheKey, CacheUse, Job, KeyParts, PipelineRead, Placed, Unread } from "../pipeline.ts";
import { cacheContents } from "./cache-contents.ts";
import { goOfImage, joinParts, partsOfFiles, partsOfText, type ReadText } from "./github.ts";
import type { ShellWord } from "./shell.ts";
import {
  at,
  entriesOf,
  itemsOf,
  linesOf,
  readYaml,
  textAt,
  textsOf,
  type Yaml,
  type YamlEntry,
  type YamlMap,
  type YamlText,
} from "./yaml.ts";

/** Reads .gitlab-ci.yml, with the local files that it includes. Files of other projects are not to be had. */
export function readGitlab(file: string, text: string, readText: ReadText): PipelineRead {
  const unread: Unread[] = [];
  const entries = new Map<string, Located>();
  collect(file, text, readText, unread, entries, new Set());
  const root: Root = { entries, unread };
  const jobs = [...entries].flatMap(([name, located]) => {
    const isJob = !reserved.has(name) && !name.startsWith(".") && located.entry.value.kind === "map";
    return isJob ? [readJob(name, located, root)] : [];
  });
  return { jobs: jobs.filter((job) => job !== null), unread };
}

interface Located {
  readonly file: string;
  readonly entry: YamlEntry;
}

interface Root {
  readonly entries: ReadonlyMap<string, Located>;
  readonly unread: Unread[];
}

const reserved = new Set(
  "default include stages variables workflow cache image services before_script after_script spec pages:deploy".split(
    " ",
  ),
);

function collect(
  file: string,
  text: string,
  readText: ReadText,
  unread: Unread[],
  entries: Map<string, Located>,
  seen: Set<string>,
): void {
  if (seen.has(file) || seen.size > 100) return;
  seen.add(file);
  const read = readYaml(file, text);
  if ("problem" in read) {
    unread.push({ file, line: read.line, reason: read.problem });
    return;
  }
  for (const document of read.documents) {
    for (const item of itemsOf(at(document, "include"))) {
      const local = item.kind === "text" ? item : (textAt(item, "local") ?? null);
      if (local === null || /^https?:|[*$]/.test(local.text)) continue;
      const path = local.text.replace(/^\.?\//, "");
      const included = readText(path);
      if (included !== null) collect(path, included, readText, unread, entries, seen);
    }
    for (const [name, entry] of entriesOf(document)) entries.set(name, { file, entry });
  }
}

function readJob(name: string, located: Located, root: Root): Job | null {
  const job = withExtends(located.entry.value, root, 0);
  const isScripted = at(job, "script") !== null || at(job, "run") !== null;
  if (!isScripted) return null;
  const { file } = located;
  const inherited = (key: string): Yaml | null =>
    at(job, key) ??
    at(root.entries.get("default")?.entry.value, key) ??
    root.entries.get(key)?.entry.value ??
    null;
  const variables = new Map([
    ...placedOf(root.entries.get("variables")?.entry.value ?? null),
    ...placedOf(at(job, "variables")),
  ]);
  const image = textAt(inherited("image")) ?? textAt(inherited("image"), "name");
  const goVersion = image === null ? null : goOfImage(expand(image.text, variables) ?? "");
  const caches = itemsOf(inherited("cache")).flatMap((cache) =>
    readCache(cache, file, variables, goVersion, root),
  );
  const shell = new Map<string, ShellWord>(
    [...variables].map(([variable, { text }]) => {
      const value = expand(text, variables);
      return [variable, { text: value ?? text, isKnown: value !== null, calls: [] }];
    }),
  );
  const scripts = [inherited("before_script"), at(job, "script"), inherited("after_script")];
  // before_script and script run in one shell: what the first exports, the second sees.
  const read = scripts.flatMap((script) => {
    const lines = textsOf(resolveReferences(script, root, 0));
    let seen: ReadonlyMap<string, ShellWord> = shell;
    return lines.map((line) => {
      const part = readScript({ ...line.source, file }, seen);
      const last = part.commands.at(-1);
      if (last !== undefined) seen = new Map([...seen, ...last.variables]);
      seen = new Map([...seen, ...exportsOf(line, seen)]);
      if (part.problem !== null)
        root.unread.push({ file, line: part.problem.line, reason: part.problem.message });
      return part;
    });
  });
  return {
    system: "gitlab",
    file,
    line: located.entry.line,
    name,
    platforms: textsOf(inherited("tags")).map((tag) => tag.text),
    goVersions: goVersion === null ? (image === null ? null : []) : [goVersion],
    goVersionTexts: goVersion === null ? [] : [goVersion],
    runsOnMain: true,
    variables,
    caches,
    uses: read.flatMap((part) => part.uses),
    commands: read.flatMap((part) => part.commands),
    actions: [],
  };
}

/** What a line sets for those behind it: a made command behind it sees all. */
function exportsOf(
  line: YamlText,
  variables: ReadonlyMap<string, ShellWord>,
): ReadonlyMap<string, ShellWord> {
  const text = `${line.source.text}\n:`;
  return readScript({ ...line.source, text }, variables).commands.at(-1)?.variables ?? new Map();
}

/** Later ones stand above earlier ones, the job above all; maps are merged, all else replaced (GitLab, `extends`). */
function withExtends(job: Yaml, root: Root, depth: number): Yaml {
  if (job.kind !== "map" || depth > 11) return job;
  const bases = textsOf(at(job, "extends")).flatMap(({ text }) => {
    const base = root.entries.get(text)?.entry.value;
    return base === undefined ? [] : [withExtends(base, root, depth + 1)];
  });
  return [...bases, job].reduce(merge);
}

function merge(below: Yaml, above: Yaml): Yaml {
  if (below.kind !== "map" || above.kind !== "map") return above;
  const entries = new Map(below.entries);
  for (const [name, entry] of above.entries) {
    const base = entries.get(name);
    entries.set(
      name,
      base === undefined ? entry : { line: entry.line, value: merge(base.value, entry.value) },
    );
  }
  return { kind: "map", line: above.line, entries } satisfies YamlMap;
}

/** `!reference [.setup, script]` is what stands there. */
function resolveReferences(value: Yaml | null, root: Root, depth: number): Yaml | null {
  if (value?.kind !== "list" || depth > 10) return value;
  if (value.tag === "!reference") {
    const [name = "", ...keys] = textsOf({ ...value, tag: null }).map((item) => item.text);
    return resolveReferences(at(root.entries.get(name)?.entry.value, ...keys), root, depth + 1);
  }
  return { ...value, items: value.items.flatMap((item) => resolveReferences(item, root, depth + 1) ?? []) };
}

function readCache(
  raw: Yaml,
  file: string,
  variables: ReadonlyMap<string, Placed>,
  goVersion: string | null,
  root: Root,
): readonly CacheUse[] {
  const cache = resolveReferences(raw, root, 0);
  if (cache?.kind === "list")
    return cache.items.flatMap((item) => readCache(item, file, variables, goVersion, root));
  const paths = linesOf(resolveReferences(at(cache, "paths"), root, 0));
  if (cache === null || paths.length === 0) return [];
  const policy = textAt(cache, "policy")?.text ?? "pull-push";
  const expanded = paths.map((path) => ({ ...path, text: expand(path.text, variables) ?? path.text }));
  const fallback = variables.get("CACHE_FALLBACK_KEY");
  return [
    {
      file: textsOf(at(cache, "paths"))[0]?.source.file ?? file,
      line: cache.line,
      does: policy === "pull" ? "restore" : policy === "push" ? "save" : "both",
      by: "cache",
      key: keyOf(at(cache, "key"), cache.line, variables),
      fallbacks: [...textsOf(at(cache, "fallback_keys")), ...(fallback === undefined ? [] : [fallback])].map(
        (each) => ({
          text: each.text,
          line: each.line,
          parts: partsOf(each.text, variables),
        }),
      ),
      isPrefix: false,
      paths: expanded,
      holds: cacheContents(expanded, variables),
      // Each job that pushes writes the whole archive anew.
      isFrozen: false,
    },
  ];
}

function keyOf(key: Yaml | null, line: number, variables: ReadonlyMap<string, Placed>): CacheKey {
  if (key === null) return { text: "default", line, parts: partsOfText("") };
  if (key.kind === "text") return { text: key.text, line: key.line, parts: partsOf(key.text, variables) };
  const files = [...textsOf(at(key, "files")), ...textsOf(at(key, "files_commits"))];
  const prefix = textAt(key, "prefix");
  return {
    text: `${prefix?.text ?? ""}-files(${files.map((each) => each.text).join(", ")})`,
    line: key.line,
    parts: joinParts([
      partsOf(prefix?.text ?? "", variables),
      partsOfFiles(
        files.map((each) => each.text),
        true,
      ),
    ]),
  };
}

function partsOf(text: string, variables: ReadonlyMap<string, Placed>): KeyParts {
  const parts: KeyParts[] = [partsOfText(text.replace(variableForm, " "))];
  for (const [, one, other] of text.matchAll(variableForm)) {
    const name = one ?? other ?? "";
    const set = variables.get(name);
    const none = partsOfText("");
    if (/SHA$|PIPELINE_I?ID$|JOB_ID$|TIMESTAMP$/.test(name)) parts.push({ ...none, perRun: true });
    else if (/REF_|BRANCH|MERGE_REQUEST|TAG$/.test(name)) parts.push({ ...none, branch: true });
    else if (/^CI_(?:JOB_(?:NAME|STAGE|IMAGE)|PROJECT|RUNNER_EXECUTABLE_ARCH)/.test(name)) {
      parts.push({ ...none, platform: /ARCH/.test(name), goVersion: /IMAGE/.test(name) });
    } else if (set !== undefined)
      parts.push({ ...partsOfText(set.text), goVersion: /go/i.test(name) && /\d/.test(set.text) });
    else parts.push({ ...none, isUnclear: true });
  }
  return joinParts(parts);
}

const variableForm = /\$(?:\{(\w+)\}|(\w+))/g;

/** The text with the variables that the file sets; null where one is set elsewhere, but for those that say a place. */
function expand(text: string, variables: ReadonlyMap<string, Placed>, depth = 0): string | null {
  let isKnown = true;
  const result = text.replace(variableForm, (whole, one?: string, other?: string) => {
    const name = one ?? other ?? "";
    const set = variables.get(name);
    if (set === undefined || depth > 8) {
      isKnown &&= /^(?:CI_PROJECT_DIR|HOME|PWD)$/.test(name);
      return whole;
    }
    const value = expand(set.text, variables, depth + 1);
    isKnown &&= value !== null;
    return value ?? whole;
  });
  return isKnown ? result : null;
}

function placedOf(map: Yaml | null): Map<string, Placed> {
  return new Map(
    entriesOf(map).flatMap(([name, { value }]) => {
      const text = value.kind === "map" ? textAt(value, "value") : value.kind === "text" ? value : null;
      return text === null ? [] : [[name, { text: text.text, line: text.line }] as const];
    }),
  );
}
