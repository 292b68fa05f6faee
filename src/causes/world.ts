import type { Comparison } from "../compare/compare-runs.ts";
import type { BuildContext } from "../keys/build-constraints.ts";
import { minorOf } from "../model/go-release.ts";
import type { Digest, ShortId } from "../model/ids.ts";
import type { Flag, Origin, Run, RunWithBlocks } from "../model/run.ts";
import { splitQuotedWords, takeQuoted, textOf, unquoteInner } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import type { Modules } from "./place.ts";

/** What held for a whole run: settings before parts. Recorded, or read out of the inputs where only a log is there. */
export interface World {
  readonly run: Run;
  readonly salt: string | null;
  readonly modules: Modules;
  readonly context: BuildContext;
  /** Value of a setting as Go used it; null where neither record nor log tells it. */
  env(name: string): string | null;
  flag(name: string): Flag | null;
}

/** Answers about the outside that only a caller with files and a cache can give. */
export interface Outside {
  /** Content of a source file as it is now, as a byte string; null where it can't be read. */
  readonly readFile: (path: string) => string | null;
  /** When a file was last written, milliseconds since the epoch; null where there is none. */
  readonly modifiedAt: (path: string) => number | null;
  /** Put time, ms since the epoch, of the key's complete entry that the cache held before the now-run began; null if none. */
  readonly heldBefore: (digest: Digest) => number | null;
  /** True where the key's index entry was there before the now-run began, complete or not. Absent: that can't be told. */
  readonly indexedBefore?: (digest: Digest) => boolean;
  /** Content ID of the archive that the cache has under a key; null where there is none. */
  readonly contentOf: (digest: Digest) => ShortId | null;
  /** Names of the regular files in a directory; null where there is none. */
  readonly listDirectory?: (path: string) => readonly string[] | null;
  /** Short ID of the output that the cache has under a key; null where there is none. */
  readonly outputOf?: (digest: Digest) => ShortId | null;
  /** Bytes of an earlier content of a file, by its short digest; null where nobody has kept it. */
  readonly earlierText?: (content: ShortId, path: string) => string | null;
}

/** Settings that both worlds have, and those that changed: the candidates for whatever follows from a setting. */
export interface Worlds {
  readonly before: World;
  readonly now: World;
  readonly outside: Outside;
  readonly toolchain: CauseFact | null;
  /** One entry a changed setting that chooses files: its cause, and a context with this setting alone as it was before. */
  readonly fileSetters: readonly FileSetter[];
}

export interface FileSetter {
  readonly fact: CauseFact;
  readonly apply: (context: BuildContext, from: BuildContext) => BuildContext;
}

export function worldsOf(comparison: Comparison, outside: Outside): Worlds {
  const before = worldOf(comparison.before);
  const now = worldOf(comparison.now);
  const toolchain: CauseFact | null =
    before.salt !== null && now.salt !== null && before.salt !== now.salt
      ? { code: "toolchain-changed", subject: "go", before: before.salt, now: now.salt, origin: null }
      : null;
  const worlds = { before, now, outside, toolchain, fileSetters: [] as FileSetter[] };
  worlds.fileSetters.push(...fileSettersOf(worlds));
  return worlds;
}

function worldOf(side: RunWithBlocks): World {
  const { run } = side;
  const info = scanBlocks(side);
  const flags = new Map(run.settings.flags.map((flag) => [flag.name, flag]));
  const recorded = Object.keys(run.settings.env).length > 0;
  const env = (name: string): string | null =>
    run.settings.env[name] ?? (recorded && !name.startsWith("-") ? "" : (info.env.get(name) ?? null));
  const tags = new Set<string>();
  const tagText = flags.get("-tags")?.value ?? (recorded ? "" : (info.env.get("-tags") ?? ""));
  for (const tag of tagText.split(/[ ,]+/)) if (tag !== "") tags.add(tag);
  for (const mode of ["race", "msan", "asan"]) {
    if (info.modes.has(`-${mode}`)) tags.add(mode);
  }
  const experiments = recorded ? (run.settings.env.GOEXPERIMENT ?? "") : (info.env.get("GOEXPERIMENT") ?? "");
  for (const name of experiments.split(",")) if (name !== "") tags.add(`goexperiment.${name}`);
  const goVersion = info.salt ?? run.goVersion ?? "";
  const roots = new Map<string, string | null>(Object.entries(run.moduleRoots));
  for (const path of info.mainModules) if (!roots.has(path)) roots.set(path, null);
  const goos = run.goos ?? info.goos ?? "";
  const context: BuildContext = {
    goos,
    goarch: run.goarch ?? info.goarch ?? "",
    cgo: recorded ? run.settings.env.CGO_ENABLED === "1" : (info.env.get("CGO_ENABLED") ?? "1") === "1",
    tags,
    release: minorOf(goVersion),
  };
  const paths = [...new Set([...roots.keys(), ...info.dependencies])];
  return {
    run,
    salt: info.salt ?? run.goVersion,
    modules: { roots, paths },
    context,
    env,
    flag: (name) => flags.get(name) ?? info.flags.get(name) ?? null,
  };
}

interface BlockFacts {
  salt: string | null;
  goos: string | null;
  goarch: string | null;
  readonly env: Map<string, string>;
  readonly flags: Map<string, Flag>;
  readonly modes: Set<string>;
  readonly mainModules: Set<string>;
  readonly dependencies: Set<string>;
}

/** What the inputs themselves tell about the settings: build info of mains, lists of modes, the salt. */
function scanBlocks(side: RunWithBlocks): BlockFacts {
  const facts: BlockFacts = {
    salt: null,
    goos: null,
    goarch: null,
    env: new Map(),
    flags: new Map(),
    modes: new Set(),
    mainModules: new Set(),
    dependencies: new Set(),
  };
  for (const { digest } of side.run.actions) {
    const block = digest === null ? undefined : side.blocks.get(digest);
    if (block === undefined) continue;
    facts.salt ??= textOf(block.lines[0] ?? "");
    for (const line of block.lines) {
      const first = line.charCodeAt(0);
      if (first === 103 /* g */ && facts.goos === null) {
        const found = /^goos (\S*) goarch (\S*)\n$/.exec(line);
        if (found !== null) {
          facts.goos = found[1] ?? null;
          facts.goarch = found[2] ?? null;
        }
      } else if (first === 99 /* c */ && line.startsWith("compile ") && line.includes('["-')) {
        for (const mode of takeQuoted(line.slice(line.indexOf("[")))?.values ?? []) facts.modes.add(mode);
      } else if (first === 109 /* m */ && line.startsWith('modinfo "')) readModinfo(line, facts);
    }
  }
  return facts;
}

function readModinfo(line: string, facts: BlockFacts): void {
  const text = unquoteInner(line.slice(9, -2));
  for (const entry of (text ?? "").split("\n")) {
    const [kind, name = "", ...rest] = entry.split("\t");
    if (kind === "mod") facts.mainModules.add(name);
    else if (kind === "dep") facts.dependencies.add(name);
    else if (kind === "build") {
      const pair = [name, ...rest].join("\t");
      const split = pair.indexOf("=");
      const key = pair.slice(0, split);
      const raw = pair.slice(split + 1);
      const value = textOf(raw.startsWith('"') ? (unquoteInner(raw.slice(1, -1)) ?? raw) : raw);
      facts.env.set(key, value);
    }
  }
}

function fileSettersOf(worlds: Omit<Worlds, "fileSetters">): FileSetter[] {
  const { before, now } = worlds;
  const setters: FileSetter[] = [];
  const was = before.context;
  const is = now.context;
  if (was.goos !== is.goos) {
    setters.push({
      fact: envFact(worlds, "GOOS", was.goos, is.goos),
      apply: (to, from) => ({ ...to, goos: from.goos }),
    });
  }
  if (was.goarch !== is.goarch) {
    setters.push({
      fact: envFact(worlds, "GOARCH", was.goarch, is.goarch),
      apply: (to, from) => ({ ...to, goarch: from.goarch }),
    });
  }
  if (was.cgo !== is.cgo) {
    setters.push({
      fact: envFact(worlds, "CGO_ENABLED", was.cgo ? "1" : "0", is.cgo ? "1" : "0"),
      apply: (to, from) => ({ ...to, cgo: from.cgo }),
    });
  }
  for (const mode of ["race", "msan", "asan"]) {
    if (was.tags.has(mode) === is.tags.has(mode)) continue;
    setters.push({
      fact: flagFact(
        worlds,
        `-${mode}`,
        was.tags.has(mode) ? "true" : null,
        is.tags.has(mode) ? "true" : null,
      ),
      apply: (to, from) => ({ ...to, tags: withTags(to.tags, from.tags, (tag) => tag === mode) }),
    });
  }
  const isUserTag = (tag: string): boolean =>
    !["race", "msan", "asan"].includes(tag) && !tag.startsWith("goexperiment.");
  if (tagList(was.tags, isUserTag) !== tagList(is.tags, isUserTag)) {
    setters.push({
      fact: flagFact(
        worlds,
        "-tags",
        tagList(was.tags, isUserTag) || null,
        tagList(is.tags, isUserTag) || null,
      ),
      apply: (to, from) => ({ ...to, tags: withTags(to.tags, from.tags, isUserTag) }),
    });
  }
  const isExperiment = (tag: string): boolean => tag.startsWith("goexperiment.");
  if (tagList(was.tags, isExperiment) !== tagList(is.tags, isExperiment)) {
    setters.push({
      fact: envFact(worlds, "GOEXPERIMENT", before.env("GOEXPERIMENT"), now.env("GOEXPERIMENT")),
      apply: (to, from) => ({ ...to, tags: withTags(to.tags, from.tags, isExperiment) }),
    });
  }
  if (worlds.toolchain !== null) {
    setters.push({ fact: worlds.toolchain, apply: (to, from) => ({ ...to, release: from.release }) });
  }
  return canonical(setters);
}

/** A default that moved with GOOS or GOARCH is one setter with it. */
function canonical(setters: readonly FileSetter[]): FileSetter[] {
  const merged: FileSetter[] = [];
  for (const setter of setters) {
    const at = merged.findIndex(
      (each) => each.fact.code === setter.fact.code && each.fact.subject === setter.fact.subject,
    );
    const twin = merged[at];
    if (twin === undefined) merged.push(setter);
    else {
      merged[at] = { fact: twin.fact, apply: (to, from) => setter.apply(twin.apply(to, from), from) };
    }
  }
  return merged;
}

function withTags(
  to: ReadonlySet<string>,
  from: ReadonlySet<string>,
  chosen: (tag: string) => boolean,
): ReadonlySet<string> {
  return new Set([...[...to].filter((tag) => !chosen(tag)), ...[...from].filter(chosen)]);
}

function tagList(tags: ReadonlySet<string>, chosen: (tag: string) => boolean): string {
  return [...tags].filter(chosen).sort().join(",");
}

type Pair = Pick<Worlds, "before" | "now">;

/** Variables whose default moves with GOOS and GOARCH, so that they are no cause beside them (internal/buildcfg, cfg). */
const dependsOnTarget =
  /^(CGO_ENABLED|CC|CXX|FC|AR|GO386|GOAMD64|GOARM|GOARM64|GOMIPS|GOMIPS64|GOPPC64|GORISCV64|GOWASM|GOEXPERIMENT)$/;

/** The cause for a variable: its own, or GOOS's or GOARCH's where only its default moved with them. */
export function envFact(worlds: Pair, name: string, before: string | null, now: string | null): CauseFact {
  const { before: earlier, now: later } = worlds;
  const setByUser = (world: World): boolean => world.run.settings.envOrigin[name] !== undefined;
  if (dependsOnTarget.test(name) && !setByUser(earlier) && !setByUser(later)) {
    if (earlier.context.goarch !== later.context.goarch) {
      return envFact(worlds, "GOARCH", earlier.context.goarch, later.context.goarch);
    }
    if (earlier.context.goos !== later.context.goos) {
      return envFact(worlds, "GOOS", earlier.context.goos, later.context.goos);
    }
  }
  // Go takes an empty variable for an unset one (cfg.Getenv).
  const value = (text: string | null): string | null => (text === "" ? null : text);
  return {
    code: "env-changed",
    subject: name,
    before: value(before),
    now: value(now),
    origin: envOrigin(worlds, name),
  };
}

function envOrigin(worlds: Pair, name: string): Origin | null {
  const now = worlds.now.run.settings.envOrigin[name];
  const before = worlds.before.run.settings.envOrigin[name];
  if (now !== undefined || before !== undefined) return now ?? before ?? null;
  // Nobody set it: CGO_ENABLED falls to 0 where no C compiler is found (cfg.go, Go 1.20+).
  return name === "CGO_ENABLED" && worlds.now.run.source === "recorded" ? "C toolchain" : null;
}

/** The cause for GOOS or GOARCH, as the two runs had them. */
export function targetFact(worlds: Pair, name: "GOOS" | "GOARCH"): CauseFact {
  const field = name === "GOOS" ? "goos" : "goarch";
  return envFact(worlds, name, worlds.before.context[field], worlds.now.context[field]);
}

/** The cause for a flag; `value` null on the side that has it not. */
export function flagFact(worlds: Pair, name: string, before: string | null, now: string | null): CauseFact {
  const origin = worlds.now.flag(name)?.origin ?? worlds.before.flag(name)?.origin ?? null;
  return {
    code: "flag-changed",
    subject: name,
    before: worlds.before.flag(name)?.value ?? before,
    now: worlds.now.flag(name)?.value ?? now,
    origin,
  };
}

/** Words of a flag variable (CGO_CFLAGS, …) as Go splits them; null where it is not known. */
export function envWords(world: World, name: string): readonly string[] | null {
  const text = world.env(name);
  return text === null ? null : splitQuotedWords(text);
}

/** The file that decides where modules come from: go.work, where one of the two runs was in a workspace. */
export function moduleOrigin({ before, now }: Pair): "go.work" | "go.mod" {
  return isInWorkspace(before) || isInWorkspace(now) ? "go.work" : "go.mod";
}

export function isInWorkspace(world: World): boolean {
  const file = world.env("GOWORK") ?? "";
  return file !== "" && file !== "off";
}
