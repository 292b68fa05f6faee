import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { cgoPresence } from "./classify-cgo.ts";
import { coverRule } from "./classify-flags.ts";
import { afterEquals, goDirective, goLineRule, relativeToMain } from "./classify-place.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, follows, type Site } from "./site.ts";
import { envFact, flagFact, isInWorkspace, targetFact, type Worlds } from "./world.ts";

export function toolRule(delta: InputDelta, site: Site, tool: string): Attribution | null {
  const { before, now } = site.worlds;
  if (before.flag("-compiler")?.value !== now.flag("-compiler")?.value)
    return causes(flagFact(site.worlds, "-compiler", null, null));
  return firstAnswer(toolRows, tool, delta, site);
}

/** The line with a tool's id: there only where the tool is used; else it holds the release, and a wrapper's own id. */
export const toolRows: readonly Row[] = [
  {
    name: "coverage came or went",
    form: /^cover$/,
    says: (delta, site) => (isPresence(delta) ? coverRule(delta, site) : null),
  },
  {
    name: "cgo came or went",
    form: /^cgo$/,
    says: (delta, site) => (isPresence(delta) ? cgoPresence(site) : null),
  },
  // Its first assembly file came, or its last one went.
  { name: "assembly came or went", form: /^asm$/, says: (delta) => (isPresence(delta) ? follows : null) },
  { name: "another Go", says: (_delta, { worlds }) => worlds.toolchain && causes(worlds.toolchain) },
  {
    name: "experiments in the version",
    says: ({ before, now }, site) =>
      before !== null &&
      now !== null &&
      experiments(before) !== experiments(now) &&
      plain(before) === plain(now)
        ? experimentRule(site)
        : null,
  },
  {
    name: "a wrapper was switched",
    says: (_delta, site, tool) => {
      const wrapper = tool === "vet" ? "-vettool" : "-toolexec";
      const before = site.worlds.before.flag(wrapper)?.value ?? null;
      const now = site.worlds.now.flag(wrapper)?.value ?? null;
      return before === now ? null : causes(flagFact(site.worlds, wrapper, before, now));
    },
  },
  {
    name: "another tool behind the same name",
    says: ({ before, now }, _site, tool) =>
      before === null || now === null
        ? null
        : causes({
            code: "tool-changed",
            subject: tool,
            before: toolText(before),
            now: toolText(now),
            origin: null,
          }),
  },
];

function isPresence(delta: InputDelta): boolean {
  return delta.before === null || delta.now === null;
}

/** `compile version go1.26.8 X:arenas` → `arenas`. */
function experiments(text: string): string {
  return / X:(\S+?)"?$/.exec(text.trimEnd())?.[1] ?? "";
}

function plain(text: string): string {
  return text.trimEnd().replace(/ X:\S+?("?)$/, "$1");
}

function toolText(text: string): string {
  return textOf(text.trimEnd().replace(/^(cgo|asm|cover|vet) "|^(compile|link) |"$/g, ""));
}

export function experimentRule({ worlds }: Site): Attribution {
  const value = (world: Worlds["before"]): string => world.env("GOEXPERIMENT") ?? "";
  return causes(envFact(worlds, "GOEXPERIMENT", value(worlds.before), value(worlds.now)));
}

export function godebugRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(godebugRows, "", delta, site);
}

/** The default GODEBUG follows the main module's go line and its `godebug` lines (load/godebug.go, Go 1.21+). */
export const godebugRows: readonly Row[] = [
  {
    name: "the go line of the same action",
    says: (_delta, site) => {
      const line = (site.mainInputs ?? site.inputs).deltas.find((each) => each.input === "go line");
      return line === undefined || site.module !== null ? null : goLineRule(line, site);
    },
  },
  {
    // A link has no go line of its own, and a log none of its package's compile.
    name: "the go line of the main module",
    says: (_delta, { worlds }) => {
      const before = worlds.before.run.goDirective ?? null;
      const now = worlds.now.run.goDirective ?? null;
      if (before === null || now === null || before === now) return null;
      if (isInWorkspace(worlds.before) && isInWorkspace(worlds.now))
        return causes({ ...goDirective("go.work", before, now), origin: "go.work" });
      return causes(goDirective(worlds.now.run.module ?? "", before, now));
    },
  },
  { name: "another Go", says: (_delta, { worlds }) => worlds.toolchain && causes(worlds.toolchain) },
  {
    name: "//go:debug lines of an edited file",
    says: (_delta, site) => (hasOwnEdit(site) && !hasOtherLines(site) ? follows : null),
  },
  {
    name: "godebug lines",
    says: (delta) => {
      const before = godebugSettings(delta.before);
      const now = godebugSettings(delta.now);
      const keys = [...new Set([...before.keys(), ...now.keys()])].filter(
        (key) => before.get(key) !== now.get(key),
      );
      if (keys.length === 0) return null;
      return causes(
        ...keys.map(
          (key): CauseFact => ({
            code: "godebug-default-changed",
            subject: key,
            before: before.get(key) ?? null,
            now: now.get(key) ?? null,
            origin: "go.mod",
          }),
        ),
      );
    },
  },
];

/** A Go file of the program itself was edited, came or went: of others `//go:debug` lines are not read. */
function hasOwnEdit(site: Site): boolean {
  return (site.mainInputs ?? site.inputs).deltas.some(({ input }) => /^file .*\.go$/s.test(input));
}

/** `godebug` lines of go.mod or go.work are others than before, or nobody knows. */
function hasOtherLines({ worlds: { before, now } }: Site): boolean {
  const lines = ({ run }: Worlds["now"]): string => JSON.stringify(run.modules?.godebug ?? {});
  return lines(before) !== lines(now);
}

function godebugSettings(text: string | null): Map<string, string> {
  const found =
    /"(.*)"/.exec(text ?? "")?.[1] ?? (text ?? "").replace(/^.*DefaultGODEBUG=/, "").replace(/\\n$/, "");
  const pairs = found.split(",").filter((pair) => pair.includes("="));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

export function archLevelRule(delta: InputDelta, site: Site, name: string): Attribution | null {
  return firstAnswer(archLevelRows, name, delta, site);
}

/** `GOAMD64=v1`: one line, of the architecture at hand. */
export const archLevelRows: readonly Row[] = [
  {
    name: "another architecture",
    says: (delta, { worlds }) => (isPresence(delta) ? causes(targetFact(worlds, "GOARCH")) : null),
  },
  {
    name: "another level",
    says: (delta, { worlds }, name) =>
      causes(
        envFact(
          worlds,
          name,
          worlds.before.env(name) ?? afterEquals(delta.before ?? ""),
          worlds.now.env(name) ?? afterEquals(delta.now ?? ""),
        ),
      ),
  },
];

/** A line `NAME=VALUE`, which stands there only where the variable is set. */
export function envRule(delta: InputDelta, site: Site, name: string): Attribution {
  const value = (text: string | null): string | null => (text === null ? null : afterEquals(text));
  return causes(envFact(site.worlds, name, value(delta.before), value(delta.now)));
}

export function pgoRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(pgoRows, "", delta, site);
}

export const pgoRows: readonly Row[] = [
  {
    name: "another -pgo",
    says: (_delta, { worlds }) => {
      const before = worlds.before.flag("-pgo")?.value ?? null;
      const now = worlds.now.flag("-pgo")?.value ?? null;
      return before === now ? null : causes(flagFact(worlds, "-pgo", before, now));
    },
  },
  {
    name: "the profile itself",
    says: (delta, { worlds }) => causes(pgoFact(worlds, delta.before !== null, delta.now !== null)),
  },
];

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
