import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf, unquoteInner } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { relativeToMain } from "./classify-place.ts";
import { godebugRule, pgoFact } from "./classify-settings.ts";
import type { Attribution, Site } from "./site.ts";
import { envFact, flagFact, type Worlds } from "./world.ts";

/**
 * The build info of a main repeats settings that have causes of their own: each entry belongs to its setting.
 * What only the build info has is the VCS stamp and the module list.
 */
export function classifyModinfo(delta: InputDelta, site: Site): Attribution {
  const [, kind = "", name = ""] = /^modinfo (\S+) ?(.*)$/s.exec(delta.input) ?? [];
  switch (kind) {
    case "build":
      return buildEntry(name, delta, site);
    case "mod":
      return name === "version" || name === "sum" ? modVersion(delta, site) : { type: "unknown" };
    case "dep":
    case "replace":
      return dependencyEntry(name, kind, delta, site);
    default:
      // The line as a whole came or went: main packages have it, test mains since Go 1.24.
      return site.worlds.toolchain === null ? { type: "follows" } : causes(site.worlds.toolchain);
  }
}

function causes(...facts: readonly CauseFact[]): Attribution {
  return { type: "causes", facts };
}

function buildEntry(name: string, delta: InputDelta, site: Site): Attribution {
  const { worlds } = site;
  const before = entryValue(delta.before);
  const now = entryValue(delta.now);
  if (name.startsWith("vcs")) return causes(vcsFact(site));
  if (name === "DefaultGODEBUG") return godebugRule(delta, site);
  if (name === "-pgo") return pgoEntry(before, now, site);
  if (name === "-compiler") return causes(flagFact(worlds, "-compiler", before, now));
  if (name === "-buildmode") {
    const was = worlds.before.flag("-buildmode")?.value ?? null;
    const is = worlds.now.flag("-buildmode")?.value ?? null;
    const [setter] = worlds.fileSetters;
    if (was === is && setter !== undefined) return causes(setter.fact);
    return causes(flagFact(worlds, "-buildmode", before, now));
  }
  if (name.startsWith("-")) {
    const trimpath = site.inputs.deltas.some((each) => each.input === "trimpath");
    // With -trimpath the linker flags are left out of the build info (load/pkg.go, Go 1.20+).
    const sameFlag = (worlds.before.flag(name)?.value ?? null) === (worlds.now.flag(name)?.value ?? null);
    if (trimpath && name === "-ldflags" && sameFlag) return trimpathCause(site);
    return causes(flagFact(worlds, name, before, now));
  }
  if (/^CGO_\w*FLAGS$/.test(name) && (before === null || now === null)) {
    // The flag variables stand there only with cgo on and without -trimpath.
    if (site.inputs.deltas.some((each) => each.input === "trimpath")) return trimpathCause(site);
    const cgo = worlds.fileSetters.find(
      ({ fact }) => fact.subject === "CGO_ENABLED" || fact.subject.startsWith("GO"),
    );
    if (cgo !== undefined) return causes(cgo.fact);
  }
  if (/^CGO_\w*FLAGS$/.test(name)) {
    return causes(
      envFact(worlds, name, effective(worlds.before.env(name), before), effective(worlds.now.env(name), now)),
    );
  }
  if (name === "GOOS")
    return causes(envFact(worlds, "GOOS", worlds.before.context.goos, worlds.now.context.goos));
  if (name === "GOARCH")
    return causes(envFact(worlds, "GOARCH", worlds.before.context.goarch, worlds.now.context.goarch));
  if (/^GO[A-Z0-9]+$/.test(name) || name === "CGO_ENABLED") {
    if (before === null && now !== null && worlds.toolchain !== null && name === "GOFIPS140")
      return causes(worlds.toolchain);
    return causes(envFact(worlds, name, worlds.before.env(name) ?? before, worlds.now.env(name) ?? now));
  }
  return worlds.toolchain === null ? { type: "unknown" } : causes(worlds.toolchain);
}

/** The raw text differs where the words may not: show what the user wrote, the default where nothing was set. */
function effective(recorded: string | null, raw: string | null): string | null {
  return raw === null || raw === "" ? recorded : raw;
}

function trimpathCause(site: Site): Attribution {
  const line = site.inputs.deltas.find((each) => each.input === "trimpath");
  return causes(
    flagFact(
      site.worlds,
      "-trimpath",
      line?.before == null ? null : "true",
      line?.now == null ? null : "true",
    ),
  );
}

/** `build\tKEY=VALUE\n` in its escaped form → VALUE. */
function entryValue(text: string | null): string | null {
  if (text === null) return null;
  const raw = unquoteInner(text) ?? text;
  const value = raw.slice(raw.indexOf("=") + 1).replace(/\n$/, "");
  return textOf(value.startsWith('"') ? (unquoteInner(value.slice(1, -1)) ?? value) : value);
}

function pgoEntry(before: string | null, now: string | null, site: Site): Attribution {
  const { worlds } = site;
  const was = worlds.before.flag("-pgo")?.value ?? null;
  const is = worlds.now.flag("-pgo")?.value ?? null;
  if (was !== is) return causes(flagFact(worlds, "-pgo", was, is));
  if (before !== null && now !== null) {
    if (site.directory.length > 0 && relativeToMain(before, worlds) === relativeToMain(now, worlds)) {
      return causes(...site.directory);
    }
    if (site.inputs.deltas.some((each) => each.input === "trimpath")) return trimpathCause(site);
  }
  return causes(pgoFact(worlds, before !== null, now !== null));
}

const stampKeys = ["vcs.revision", "vcs.time", "vcs.modified"] as const;

/** The stamp as a whole: commit, and whether the checkout was dirty. */
export function vcsFact(site: Site): CauseFact {
  const stamp = (side: "before" | "now"): string | null => {
    const inputs = site.inputs[side];
    const values = stampKeys.map((key) => entryValue(inputs.get(`modinfo build ${key}`)?.text ?? null));
    const [revision, , modified] = values;
    if (revision === null || revision === undefined) {
      const version = inputs.get("modinfo mod version")?.text.replace(/^\\t/, "");
      return version === undefined || version === "(devel)" ? null : version;
    }
    return `${revision.slice(0, 12)}${modified === "true" ? " (dirty)" : ""}`;
  };
  return {
    code: "vcs-stamp-changed",
    subject: "vcs",
    before: stamp("before"),
    now: stamp("now"),
    origin: "git",
  };
}

/** The main module's version is made from git's state (Go 1.24+). */
function modVersion(_delta: InputDelta, site: Site): Attribution {
  return causes(vcsFact(site));
}

function dependencyEntry(module: string, kind: string, delta: InputDelta, site: Site): Attribution {
  const { worlds } = site;
  const before = moduleEntry(delta.before);
  const now = moduleEntry(delta.now);
  const replaced =
    kind === "replace" || site.inputs.deltas.some((each) => each.input === `modinfo replace ${module}`);
  if (replaced) {
    const was = replacement(module, "before", site);
    const is = replacement(module, "now", site);
    return causes({
      code: "module-replaced",
      subject: module,
      before: was,
      now: is,
      origin: replaceOrigin(worlds),
    });
  }
  if (before !== null && now !== null) {
    if (before.version !== now.version) {
      return causes({
        code: "module-version-changed",
        subject: module,
        before: before.version,
        now: now.version,
        origin: "go.mod",
      });
    }
    // Only the checksum came or went: vendoring was switched.
    const vendored = (side: string): string => (side === "" ? "vendor" : "");
    return causes({
      code: "module-replaced",
      subject: module,
      before: vendored(before.sum) || before.version,
      now: vendored(now.sum) || now.version,
      origin: replaceOrigin(worlds),
    });
  }
  return { type: "follows" };
}

function replaceOrigin(worlds: Worlds): "go.work" | "go.mod" {
  return (worlds.now.env("GOWORK") ?? "") !== "" ? "go.work" : "go.mod";
}

function replacement(module: string, side: "before" | "now", site: Site): string | null {
  const entry = moduleEntry(site.inputs[side].get(`modinfo replace ${module}`)?.text ?? null);
  if (entry !== null)
    return entry.version === "" || entry.version === "(devel)"
      ? entry.path
      : `${entry.path}@${entry.version}`;
  return moduleEntry(site.inputs[side].get(`modinfo dep ${module}`)?.text ?? null)?.version ?? null;
}

function moduleEntry(text: string | null): { path: string; version: string; sum: string } | null {
  if (text === null) return null;
  const [, path = "", version = "", sum = ""] = text.replace(/\\n$/, "").split("\\t");
  return { path, version, sum };
}
