import type { ComparedInputs, InputDelta } from "../compare/compare-runs.ts";
import { wordChanges } from "../compare/word-changes.ts";
import type { RunAction } from "../model/run.ts";
import { takeQuoted, textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { classifyFile } from "./classify-file.ts";
import { classifyModinfo } from "./classify-modinfo.ts";
import { type Place, placeOf } from "./place.ts";
import { envFact, envWords, flagFact, type Worlds } from "./world.ts";

/** What one changed input of an action comes from. */
export type Attribution =
  | {
      readonly type: "causes";
      readonly facts: readonly CauseFact[];
      /** Deduced from other signs, since the file itself could not be looked into. */
      readonly inferred?: boolean;
    }
  /** The output (or, for `key`, the inputs) of another action; `content` as the now-line has it. */
  | {
      readonly type: "dependency";
      readonly on: "build" | "vet";
      readonly package: string;
      readonly content: string | null;
      readonly byKey: boolean;
    }
  /** It only goes along with the action's own other changes: an import that an edited file brought. */
  | { readonly type: "follows" }
  | { readonly type: "unknown" };

/** One action whose key changed, with all that a rule may look at. */
export interface Site {
  readonly action: RunAction;
  readonly inputs: ComparedInputs;
  /** Of a link: the inputs of its main package's build, which has what the link lacks (the go line). */
  readonly mainInputs: ComparedInputs | null;
  readonly worlds: Worlds;
  readonly placeBefore: Place;
  readonly placeNow: Place;
  /** The cause that moved the whole package: its module's version or its replacement. */
  readonly module: CauseFact | null;
  /** The causes of a changed directory; empty where it is the same. */
  readonly directory: readonly CauseFact[];
}

export function siteOf(
  action: RunAction,
  inputs: ComparedInputs,
  mainInputs: ComparedInputs | null,
  worlds: Worlds,
): Site {
  const name = action.package;
  const placeBefore = placeOf(name, inputs.before, worlds.before.run, worlds.before.modules);
  const placeNow = placeOf(name, inputs.now, worlds.now.run, worlds.now.modules);
  // With -trimpath on one side alone a directory stands against a module's name: no move can be told from it.
  const isComparable =
    inputs.before.has("trimpath") === inputs.now.has("trimpath") || placeBefore.kind === placeNow.kind;
  const moved = isComparable ? placeFacts(placeBefore, placeNow, worlds) : { module: null, all: [] };
  return {
    action,
    inputs,
    mainInputs,
    worlds,
    placeBefore,
    placeNow,
    module: moved.module,
    directory: moved.all,
  };
}

type Rule = (delta: InputDelta, site: Site, found: RegExpExecArray) => Attribution;

const causes = (...facts: readonly CauseFact[]): Attribution => ({ type: "causes", facts });
const follows: Attribution = { type: "follows" };
const unknown: Attribution = { type: "unknown" };

/** The classification table: an input's name → what it comes from. The first form that fits decides. */
const rules: readonly (readonly [RegExp, Rule])[] = [
  [/^salt$/, (_delta, site) => (site.worlds.toolchain === null ? unknown : causes(site.worlds.toolchain))],
  [/^file (.*)$/s, (delta, site, found) => classifyFile(textOf(found[1] ?? ""), delta, site)],
  [/^import (\S+)$/, importRule],
  [/^packagefile (.*)$/s, (delta, _site, found) => dependency(delta, found[1] ?? "")],
  [/^packagemain$/, (_delta, site) => onKey("build", site.action.package)],
  [/^vetted package$/, (_delta, site) => onKey("build", site.action.package)],
  [/^vetout (.*)$/s, (_delta, _site, found) => onKey("vet", found[1] ?? "")],
  [/^(dir|module path|module version)$/, directoryRule],
  [/^go line$/, goLineRule],
  [/^goos$/, (_delta, site) => causes(...targetFacts(site, "GOOS"))],
  [/^goarch$/, (_delta, site) => causes(...targetFacts(site, "GOARCH"))],
  [
    /^omitdebug$/,
    (_delta, site) =>
      flagsThatChanged(site, ["-c", "-o", "-cpuprofile", "-memprofile", "-blockprofile", "-mutexprofile"]),
  ],
  [/^trimpath$/, (delta, site) => flagPresence(delta, site, "-trimpath")],
  [/^(cgo|compile|asm|link|cover|vet) tool$/, toolRule],
  [/^(CC|CXX|FC)$/, compilerRule],
  [/^(CC|CXX|FC) id( error)?$/, compilerIdRule],
  [/^(CGO_CPPFLAGS|CGO_CFLAGS|CGO_CXXFLAGS|CGO_LDFLAGS|CGO_FFLAGS)$/, cgoFlagsRule],
  [/^cover mode$/, coverRule],
  [/^fuzz$/, (delta, site) => flagPresence(delta, site, "-fuzz")],
  [/^modinfo/, classifyModinfo],
  [/^(compile|asm|link) flags \(mode\)$/, modeRule],
  [/^compile flags$/, (delta, site) => ownFlags(delta, site, "-gcflags")],
  [/^asm flags$/, (delta, site) => ownFlags(delta, site, "-asmflags")],
  [/^linkflags$/, (delta, site) => ownFlags(delta, site, "-ldflags")],
  [/^vetflags$/, vetFlagsRule],
  [/^(link )?buildmode$/, (delta, site) => buildmodeRule(delta, site)],
  [/^defaultgodebug$/, (delta, site) => godebugRule(delta, site)],
  [/^arch level (\w+)/, (delta, site, found) => archLevelRule(delta, site, found[1] ?? "")],
  [/^GOEXPERIMENT$/, (_delta, site) => causes(experimentFact(site))],
  [/^(GO_EXTLINK_ENABLED)$/, (delta, site, found) => envRule(delta, site, found[1] ?? "")],
  [/^magic (\w+)$/, (delta, site, found) => envRule(delta, site, found[1] ?? "")],
  [/^GOROOT$/, gorootRule],
  [/^pgofile$/, pgoRule],
];

/** What a changed input comes from. `unknown` is an honest answer: it becomes `unexplained`. */
export function classify(delta: InputDelta, site: Site): Attribution {
  for (const [form, rule] of rules) {
    const found = form.exec(delta.input);
    if (found !== null) return rule(delta, site, found);
  }
  // A kind of line that only the other toolchain writes.
  return site.worlds.toolchain === null ? unknown : causes(site.worlds.toolchain);
}

function importRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
  const name = found[1] ?? "";
  if (delta.before !== null && delta.now !== null) return dependency(delta, name);
  const setter = { "runtime/race": "-race", "runtime/msan": "-msan", "runtime/asan": "-asan" }[name];
  const linked = site.worlds.fileSetters.find(({ fact }) => fact.subject === setter);
  if (linked !== undefined) return causes(linked.fact);
  const cgo = site.worlds.fileSetters.find(({ fact }) => fact.subject === "CGO_ENABLED");
  if (name === "runtime/cgo" && cgo !== undefined) return causes(cgo.fact);
  return follows;
}

function dependency(delta: InputDelta, name: string): Attribution {
  if (delta.before === null || delta.now === null) return follows;
  const content = /[ =]([\w-]{20})\n$/.exec(delta.now)?.[1] ?? null;
  return { type: "dependency", on: "build", package: name, content, byKey: false };
}

function onKey(on: "build" | "vet", name: string): Attribution {
  return { type: "dependency", on, package: name, content: null, byKey: true };
}

/** What moved a package: its module's version, a replacement, the checkout, the module cache. */
function placeFacts(
  before: Place,
  now: Place,
  worlds: Worlds,
): { module: CauseFact | null; all: readonly CauseFact[] } {
  if (
    now.kind === "standard" ||
    before.kind === "standard" ||
    now.kind === "generated" ||
    before.kind === "generated"
  ) {
    return { module: null, all: [] };
  }
  if (before.kind === now.kind && now.kind !== "replaced") {
    const all: CauseFact[] = [];
    let module: CauseFact | null = null;
    if (
      now.kind === "modcache" &&
      now.module !== null &&
      (before.module !== now.module || before.version !== now.version)
    ) {
      module = {
        code: "module-version-changed",
        subject: now.module,
        before: before.module === now.module ? before.version : `${before.module}@${before.version}`,
        now: now.version,
        origin: "go.mod",
      };
      all.push(module);
    }
    if (before.root !== now.root && before.root !== null && now.root !== null) {
      all.push(
        now.kind === "modcache"
          ? {
              code: "modcache-moved",
              subject: "GOMODCACHE",
              before: before.root,
              now: now.root,
              origin: envOriginOf(worlds, "GOMODCACHE"),
            }
          : movedCheckout(now.module ?? worlds.now.run.module ?? "", before.root, now.root),
      );
    }
    return { module, all };
  }
  const checkout = sameUnderMovedRoot(before, now, worlds);
  if (checkout !== null) return { module: null, all: [checkout] };
  if (before.directory === now.directory && before.directory !== null) return { module: null, all: [] };
  const subject = (now.kind === "main" ? before.module : now.module) ?? before.module ?? now.module ?? "";
  const module: CauseFact = {
    code: "module-replaced",
    subject,
    before: describe(before),
    now: describe(now),
    origin: worlds.now.run.settings.env.GOWORK ? "go.work" : "go.mod",
  };
  return { module, all: [module] };
}

function movedCheckout(subject: string, before: string, now: string): CauseFact {
  return { code: "directory-moved", subject, before, now, origin: "file system" };
}

/** A replaced module below a main module's root moves with the checkout. */
function sameUnderMovedRoot(before: Place, now: Place, worlds: Worlds): CauseFact | null {
  if (before.directory === null || now.directory === null) return null;
  for (const [path, root] of worlds.now.modules.roots) {
    const earlier = worlds.before.modules.roots.get(path);
    if (root === null || earlier === undefined || earlier === null || root === earlier) continue;
    if (
      before.directory.startsWith(`${earlier}/`) &&
      now.directory === root + before.directory.slice(earlier.length)
    ) {
      return movedCheckout(path, earlier, root);
    }
  }
  return null;
}

function describe(place: Place): string | null {
  switch (place.kind) {
    case "modcache":
      return place.version;
    case "vendor":
      return "vendor";
    case "main":
    case "replaced":
    case "standard":
    case "generated":
      return place.directory;
  }
}

function envOriginOf(worlds: Worlds, name: string): "environment" | "go env file" | null {
  return worlds.now.run.settings.envOrigin[name] ?? worlds.before.run.settings.envOrigin[name] ?? null;
}

function directoryRule(_delta: InputDelta, site: Site): Attribution {
  const trimpath = site.inputs.deltas.find((delta) => delta.input === "trimpath");
  if (trimpath !== undefined) {
    return causes(trimpathFact(trimpath, site), ...(site.module === null ? [] : [site.module]));
  }
  return site.directory.length === 0 ? unknown : causes(...site.directory);
}

function trimpathFact(delta: InputDelta, site: Site): CauseFact {
  return flagFact(
    site.worlds,
    "-trimpath",
    delta.before === null ? null : "true",
    delta.now === null ? null : "true",
  );
}

function goLineRule(delta: InputDelta, site: Site): Attribution {
  if (site.module !== null) return causes(site.module);
  const subject = site.placeNow.module ?? site.worlds.now.run.module;
  if (subject === null) return unknown;
  return causes(goDirective(subject, lineValue(delta.before), lineValue(delta.now)));
}

export function goDirective(subject: string, before: string | null, now: string | null): CauseFact {
  return { code: "go-directive-changed", subject, before, now, origin: "go.mod" };
}

function lineValue(text: string | null): string | null {
  return text === null ? null : textOf(text.slice(text.indexOf(" ") + 1).trimEnd());
}

/** GOOS and GOARCH are lines of one input pair; each is a cause of its own where it changed. */
function targetFacts(site: Site, name: "GOOS" | "GOARCH"): readonly CauseFact[] {
  const field = name === "GOOS" ? "goos" : "goarch";
  const { before, now } = site.worlds;
  return [envFact(site.worlds, name, before.context[field], now.context[field])];
}

function flagsThatChanged(site: Site, names: readonly string[]): Attribution {
  const facts: CauseFact[] = [];
  for (const name of names) {
    const before = site.worlds.before.flag(name)?.value ?? null;
    const now = site.worlds.now.flag(name)?.value ?? null;
    if (before !== now) facts.push(flagFact(site.worlds, name, before, now));
  }
  return facts.length === 0 ? unknown : causes(...facts);
}

function flagPresence(delta: InputDelta, site: Site, name: string): Attribution {
  return causes(
    flagFact(site.worlds, name, delta.before === null ? null : "true", delta.now === null ? null : "true"),
  );
}

function toolRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
  const tool = found[1] ?? "";
  if (delta.before === null || delta.now === null) {
    if (tool === "cover") return coverRule(delta, site);
    if (tool === "cgo") return cgoPresence(site);
    return tool === "asm" ? follows : unknown;
  }
  if (site.worlds.toolchain !== null) return causes(site.worlds.toolchain);
  const experiments = (text: string): string => / X:(\S+?)"?$/.exec(text.trimEnd())?.[1] ?? "";
  const plain = (text: string): string => text.trimEnd().replace(/ X:\S+?("?)$/, "$1");
  if (experiments(delta.before) !== experiments(delta.now) && plain(delta.before) === plain(delta.now)) {
    return causes(experimentFact(site));
  }
  const wrapper = tool === "vet" ? "-vettool" : "-toolexec";
  const before = site.worlds.before.flag(wrapper)?.value ?? null;
  const now = site.worlds.now.flag(wrapper)?.value ?? null;
  if (before !== now) return causes(flagFact(site.worlds, wrapper, before, now));
  return causes({
    code: "tool-changed",
    subject: tool,
    before: toolText(delta.before),
    now: toolText(delta.now),
    origin: null,
  });
}

function toolText(text: string): string {
  return textOf(text.trimEnd().replace(/^(cgo|asm|cover|vet) "|^(compile|link) |"$/g, ""));
}

function experimentFact(site: Site): CauseFact {
  const { before, now } = site.worlds;
  return envFact(
    site.worlds,
    "GOEXPERIMENT",
    before.env("GOEXPERIMENT") ?? "",
    now.env("GOEXPERIMENT") ?? "",
  );
}

/** A package got or lost its cgo part as a whole. */
function cgoPresence(site: Site): Attribution {
  if (site.module !== null) return causes(site.module);
  const fact = site.worlds.fileSetters.find(({ fact: each }) => each.subject === "CGO_ENABLED")?.fact;
  if (fact !== undefined) return causes(fact);
  // Its cgo file came or went, or an edit brought `import "C"`: the file's own change tells.
  return follows;
}

function compilerRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
  if (delta.before === null || delta.now === null) return cgoPresence(site);
  const name = found[1] ?? "CC";
  return causes(envFact(site.worlds, name, listText(delta.before), listText(delta.now)));
}

function compilerIdRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
  const name = found[1] ?? "CC";
  const command = site.inputs.deltas.find((each) => each.input === name);
  if (command !== undefined) return compilerRule(command, site, found);
  if (delta.before === null && delta.now === null) return unknown;
  const value = (text: string | null): string | null =>
    text === null
      ? null
      : textOf(takeQuoted(text.slice(text.indexOf("=") + 1))?.values[0]?.trim() ?? text.trimEnd());
  const id = (side: "before" | "now"): string | null =>
    value(site.inputs[side].get(`${name} id`)?.text ?? null);
  return causes({
    code: "c-compiler-changed",
    subject: name,
    before: id("before"),
    now: id("now"),
    origin: "C toolchain",
  });
}

function listText(text: string): string {
  return listWords(text).join(" ");
}

function listWords(text: string): readonly string[] {
  const open = text.indexOf("[");
  return (takeQuoted(text.slice(Math.max(open, 0)))?.values ?? []).map(textOf);
}

/** The list is the variable's words, then the package's own (`#cgo` lines): each half has its own causes. */
function cgoFlagsRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
  if (delta.before === null || delta.now === null) return cgoPresence(site);
  const name = found[1] ?? "CGO_CFLAGS";
  const before = listWords(delta.before);
  const now = listWords(delta.now);
  const facts: CauseFact[] = [];
  const ownBefore = envWords(site.worlds.before, name);
  const ownNow = envWords(site.worlds.now, name);
  const split =
    ownBefore !== null && ownNow !== null && startsWith(before, ownBefore) && startsWith(now, ownNow);
  if (!split) {
    const changed = wordChanges(before, now);
    if (isPackagePart(before, now, site)) return packagePart(changed, site);
    return causes(envFact(site.worlds, name, before.join(" "), now.join(" ")));
  }
  if (ownBefore.join("\0") !== ownNow.join("\0")) {
    facts.push(envFact(site.worlds, name, site.worlds.before.env(name), site.worlds.now.env(name)));
  }
  const tail = wordChanges(before.slice(ownBefore.length), now.slice(ownNow.length));
  if (tail.added.length + tail.removed.length > 0) {
    const rest = packagePart(tail, site);
    if (rest.type === "causes") facts.push(...rest.facts);
    else if (facts.length === 0) return rest;
  }
  return causes(...facts);
}

/** Without settings: a change that only a moved directory or an edited file of this package can have made. */
function isPackagePart(before: readonly string[], now: readonly string[], site: Site): boolean {
  const hasEdit = site.inputs.deltas.some((delta) => delta.input.startsWith("file "));
  return hasEdit && before[0] === now[0];
}

function packagePart(
  changed: { removed: readonly string[]; added: readonly string[] },
  site: Site,
): Attribution {
  if (site.module !== null) return causes(site.module);
  const from = site.placeBefore.directory;
  const to = site.placeNow.directory;
  const isMoved = (word: string, at: number): boolean =>
    from !== null && to !== null && word.replaceAll(from, to) === changed.added[at];
  const onlyMoved = changed.removed.length === changed.added.length && changed.removed.every(isMoved);
  if (onlyMoved && site.directory.length > 0) return causes(...site.directory);
  if (onlyMoved && from !== null && to !== null && from !== to) {
    const moved = placeFacts(site.placeBefore, site.placeNow, site.worlds);
    if (moved.all.length > 0) return causes(...moved.all);
  }
  if (site.inputs.deltas.some((delta) => delta.input.startsWith("file "))) return follows;
  const [setter] = site.worlds.fileSetters;
  if (setter !== undefined && site.worlds.fileSetters.length === 1) return causes(setter.fact);
  return unknown;
}

function startsWith(words: readonly string[], head: readonly string[]): boolean {
  return head.every((word, at) => words[at] === word);
}

const coverFlags = ["-cover", "-coverprofile", "-coverpkg", "-covermode"] as const;

function coverRule(delta: InputDelta, site: Site): Attribution {
  const { before, now } = site.worlds;
  const changed = coverFlags.filter(
    (name) => (before.flag(name)?.value ?? null) !== (now.flag(name)?.value ?? null),
  );
  if (delta.before === null || delta.now === null) {
    const isOn = (world: typeof now): boolean => coverFlags.some((name) => world.flag(name) !== null);
    if (isOn(before) && isOn(now) && changed.includes("-coverpkg"))
      return causes(coverage(site, "-coverpkg"));
    const [name = "-cover"] = changed;
    return causes(
      flagFact(site.worlds, name, delta.before === null ? null : "true", delta.now === null ? null : "true"),
    );
  }
  const race = site.worlds.fileSetters.find(({ fact }) => fact.subject === "-race");
  if (!changed.includes("-covermode") && race !== undefined) return causes(race.fact);
  return causes(coverage(site, "-covermode", textOf(delta.before.trim()), textOf(delta.now.trim())));
}

function coverage(
  site: Site,
  subject: string,
  before: string | null = null,
  now: string | null = null,
): CauseFact {
  return { ...flagFact(site.worlds, subject, before, now), code: "coverage-changed" };
}

const modeFlags: Readonly<Record<string, string>> = {
  "-race": "-race",
  "-msan": "-msan",
  "-asan": "-asan",
  "-shared": "-buildmode",
  "-dynlink": "-buildmode",
  "-linkshared": "-linkshared",
  "-V=full": "-toolexec",
};

/** The list that Go forces on every package: `-race`, `-shared`, … (work/init.go, Go 1.21–1.27). */
function modeRule(delta: InputDelta, site: Site): Attribution {
  if (delta.before === null || delta.now === null) return follows;
  const { removed, added } = wordChanges(listWords(delta.before), listWords(delta.now));
  const facts: CauseFact[] = [];
  for (const word of [...removed, ...added]) {
    const name = modeFlags[word];
    if (name === undefined) {
      if (site.worlds.toolchain !== null) return causes(site.worlds.toolchain);
      const [setter] = site.worlds.fileSetters;
      if (site.worlds.fileSetters.length === 1 && setter !== undefined) return causes(setter.fact);
      return unknown;
    }
    const was = removed.includes(word) ? "true" : null;
    const is = added.includes(word) ? "true" : null;
    facts.push(
      name === "-buildmode" ? buildmodeFact(site, null, null) : flagFact(site.worlds, name, was, is),
    );
  }
  return facts.length === 0 ? unknown : causes(...facts);
}

function buildmodeFact(site: Site, before: string | null, now: string | null): CauseFact {
  return flagFact(site.worlds, "-buildmode", before, now);
}

function buildmodeRule(delta: InputDelta, site: Site): Attribution {
  const value = (text: string | null): string | null => text?.trim().replace(/^buildmode /, "") ?? null;
  const { before, now } = site.worlds;
  const same = (before.flag("-buildmode")?.value ?? null) === (now.flag("-buildmode")?.value ?? null);
  // Without the flag on either side the default moved: with GOOS, with -race on some platforms, with the toolchain.
  const recorded = Object.keys(now.run.settings.env).length > 0;
  if (recorded && same) {
    const [setter] = site.worlds.fileSetters;
    return setter === undefined ? unknown : causes(setter.fact);
  }
  return causes(buildmodeFact(site, value(delta.before), value(delta.now)));
}

function ownFlags(delta: InputDelta, site: Site, name: string): Attribution {
  if (delta.before === null || delta.now === null) return follows;
  const { before, now } = site.worlds;
  const was = before.flag(name)?.value ?? null;
  const is = now.flag(name)?.value ?? null;
  if (was === is && Object.keys(now.run.settings.env).length > 0) {
    if (site.worlds.toolchain !== null) return causes(site.worlds.toolchain);
    return flagsThatChanged(site, ["-fuzz", "-cover", "-gcflags", "-ldflags", "-linkmode", "-race"]);
  }
  return causes(flagFact(site.worlds, name, listText(delta.before) || null, listText(delta.now) || null));
}

function vetFlagsRule(delta: InputDelta, site: Site): Attribution {
  if (site.worlds.toolchain !== null) return causes(site.worlds.toolchain);
  if (delta.before === null || delta.now === null) return unknown;
  const { removed, added } = wordChanges(listWords(delta.before), listWords(delta.now));
  const facts = new Map<string, CauseFact>();
  for (const word of [...removed, ...added]) {
    const name = word.replace(/=.*$/s, "");
    facts.set(
      name,
      flagFact(site.worlds, name, removed.includes(word) ? word : null, added.includes(word) ? word : null),
    );
  }
  return facts.size === 0 ? unknown : causes(...facts.values());
}

/** The default GODEBUG follows the main module's go line and its `godebug` lines (load/godebug.go, Go 1.21+). */
export function godebugRule(delta: InputDelta, site: Site): Attribution {
  const inputs = site.mainInputs ?? site.inputs;
  const line = inputs.deltas.find((each) => each.input === "go line");
  if (line !== undefined && site.module === null) return goLineRule(line, site);
  const directive = changedGoLine(site);
  if (directive !== null) return causes(directive);
  if (site.worlds.toolchain !== null) return causes(site.worlds.toolchain);
  const before = godebugSettings(delta.before);
  const now = godebugSettings(delta.now);
  const facts: CauseFact[] = [];
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const was = before.get(key) ?? null;
    const is = now.get(key) ?? null;
    if (was !== is)
      facts.push({ code: "godebug-default-changed", subject: key, before: was, now: is, origin: "go.mod" });
  }
  return facts.length === 0 ? follows : causes(...facts);
}

/** A link has no go line of its own; its package's compile has. */
function changedGoLine(site: Site): CauseFact | null {
  const find = (world: Worlds["before"]): string | null => world.run.goDirective ?? null;
  const before = find(site.worlds.before);
  const now = find(site.worlds.now);
  if (before === null || now === null || before === now) return null;
  return goDirective(site.worlds.now.run.module ?? "", before, now);
}

function godebugSettings(text: string | null): Map<string, string> {
  const found =
    /"(.*)"/.exec(text ?? "")?.[1] ?? (text ?? "").replace(/^.*DefaultGODEBUG=/, "").replace(/\\n$/, "");
  const pairs = found.split(",").filter((pair) => pair.includes("="));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function archLevelRule(delta: InputDelta, site: Site, name: string): Attribution {
  const { before, now } = site.worlds;
  if (delta.before === null || delta.now === null) return causes(...targetFacts(site, "GOARCH"));
  return causes(
    envFact(
      site.worlds,
      name,
      before.env(name) ?? afterEquals(delta.before),
      now.env(name) ?? afterEquals(delta.now),
    ),
  );
}

function afterEquals(text: string): string {
  return textOf(text.slice(text.indexOf("=") + 1).trimEnd());
}

function envRule(delta: InputDelta, site: Site, name: string): Attribution {
  const value = (text: string | null): string | null => (text === null ? null : afterEquals(text));
  return causes(envFact(site.worlds, name, value(delta.before), value(delta.now)));
}

function gorootRule(delta: InputDelta, site: Site): Attribution {
  const trimpath = site.inputs.deltas.find((each) => each.input === "trimpath");
  if (trimpath !== undefined) return causes(trimpathFact(trimpath, site));
  if (site.worlds.toolchain !== null) return causes(site.worlds.toolchain);
  return causes({
    code: "goroot-moved",
    subject: "GOROOT",
    before: delta.before === null ? null : afterEquals(delta.before),
    now: delta.now === null ? null : afterEquals(delta.now),
    origin: "file system",
  });
}

function pgoRule(delta: InputDelta, site: Site): Attribution {
  const { before, now } = site.worlds;
  const was = before.flag("-pgo")?.value ?? null;
  const is = now.flag("-pgo")?.value ?? null;
  if (was !== is) return causes(flagFact(site.worlds, "-pgo", was, is));
  return causes(pgoFact(site.worlds, delta.before !== null, delta.now !== null));
}

/** The profile's path stands in the build info of the main that it belongs to. */
export function pgoFact(worlds: Worlds, hadProfile: boolean, hasProfile: boolean): CauseFact {
  const path = worlds.now.env("-pgo") || worlds.before.env("-pgo") || "default.pgo";
  return {
    code: "pgo-profile-changed",
    subject: relativeToMain(path, worlds),
    before: hadProfile ? "present" : null,
    now: hasProfile ? "present" : null,
    origin: "file system",
  };
}

export function relativeToMain(path: string, worlds: Worlds): string {
  for (const world of [worlds.now, worlds.before]) {
    for (const root of world.modules.roots.values()) {
      if (root !== null && path.startsWith(`${root}/`)) return path.slice(root.length + 1);
    }
  }
  return path;
}
