import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { cgoPresence } from "./classify-cgo.ts";
import { coverRule } from "./classify-flags.ts";
import { afterEquals, goDirective, goLineRule, relativeToMain } from "./classify-place.ts";
import { type Attribution, causes, follows, type Site, unknown } from "./site.ts";
import { envFact, flagFact, type Worlds } from "./world.ts";

/** GOOS and GOARCH are lines of one input pair; each is a cause of its own where it changed. */
export function targetFacts(site: Site, name: "GOOS" | "GOARCH"): readonly CauseFact[] {
  const field = name === "GOOS" ? "goos" : "goarch";
  const { before, now } = site.worlds;
  return [envFact(site.worlds, name, before.context[field], now.context[field])];
}

export function toolRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
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

export function experimentFact(site: Site): CauseFact {
  const { before, now } = site.worlds;
  return envFact(
    site.worlds,
    "GOEXPERIMENT",
    before.env("GOEXPERIMENT") ?? "",
    now.env("GOEXPERIMENT") ?? "",
  );
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

export function archLevelRule(delta: InputDelta, site: Site, name: string): Attribution {
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

export function envRule(delta: InputDelta, site: Site, name: string): Attribution {
  const value = (text: string | null): string | null => (text === null ? null : afterEquals(text));
  return causes(envFact(site.worlds, name, value(delta.before), value(delta.now)));
}

export function pgoRule(delta: InputDelta, site: Site): Attribution {
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
