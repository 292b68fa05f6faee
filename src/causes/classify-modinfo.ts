import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf, unquoteInner } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { flagPresence } from "./classify-flags.ts";
import { relativeToMain } from "./classify-place.ts";
import { godebugRule, pgoFact } from "./classify-settings.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, follows, type Site } from "./site.ts";
import { envFact, flagFact, moduleOrigin, targetFact, type Worlds } from "./world.ts";

export function classifyModinfo(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(modinfoRows, delta.input, delta, site);
}

/**
 * The build info of a main repeats settings that have causes of their own: each entry belongs to its setting.
 * What only the build info has is the VCS stamp and the module list.
 */
export const modinfoRows: readonly Row[] = [
  {
    name: "a setting",
    form: /^modinfo build (.*)$/s,
    says: (delta, site, name) => firstAnswer(buildEntryRows, name, delta, site),
  },
  {
    // It is made from git's state (Go 1.24+).
    name: "the main module's version",
    form: /^modinfo mod (?:version|sum)$/,
    says: (_delta, site) => causes(vcsFact(site)),
  },
  {
    name: "a dependency",
    form: /^modinfo (?:dep|replace) (.*)$/s,
    says: (delta, site, name) => firstAnswer(dependencyRows, name, delta, site),
  },
  { name: "the whole line", form: /^modinfo(?! (?:build|mod|dep|replace) )/, says: () => follows },
];

/** `build NAME=VALUE`. */
export const buildEntryRows: readonly Row[] = [
  { name: "the stamp", form: /^vcs/, says: (_delta, site) => causes(vcsFact(site)) },
  { name: "DefaultGODEBUG", form: /^DefaultGODEBUG$/, says: godebugRule },
  { name: "-pgo", form: /^-pgo$/, says: (delta, site) => firstAnswer(pgoEntryRows, "", delta, site) },
  {
    // With -trimpath the linker flags are left out of the build info (load/pkg.go, Go 1.20+), and those for C too.
    name: "left out under -trimpath",
    form: /^(?:-ldflags|CGO_\w*FLAGS)$/,
    says: (delta, site, name) => {
      const { before, now } = site.worlds;
      const isSame = (before.flag(name)?.value ?? null) === (now.flag(name)?.value ?? null);
      return isSame && isPresence(delta) ? trimpathCause(site) : null;
    },
  },
  {
    name: "a flag",
    form: /^-/,
    says: (delta, { worlds }, name) =>
      causes(flagFact(worlds, name, entryValue(delta.before), entryValue(delta.now))),
  },
  {
    // The flag variables stand there only with cgo on.
    name: "left out without cgo",
    form: /^CGO_\w*FLAGS$/,
    says: (delta, { worlds }) => {
      const cgo = worlds.fileSetters.find(
        ({ fact }) => fact.subject === "CGO_ENABLED" || fact.subject.startsWith("GO"),
      );
      return cgo === undefined || !isPresence(delta) ? null : causes(cgo.fact);
    },
  },
  {
    name: "flags for C",
    form: /^CGO_\w*FLAGS$/,
    says: (delta, { worlds }, name) => {
      const before = effective(worlds.before.env(name), entryValue(delta.before));
      const now = effective(worlds.now.env(name), entryValue(delta.now));
      return causes(envFact(worlds, name, before, now));
    },
  },
  {
    // The level of one architecture stands there only where programs are built for it, also where the user set it.
    name: "the level of another architecture",
    form: /^GO(?:386|AMD64|ARM|ARM64|MIPS|MIPS64|PPC64|RISCV64|WASM)$/,
    says: (delta, { worlds }) => (isPresence(delta) ? causes(targetFact(worlds, "GOARCH")) : null),
  },
  {
    name: "a variable",
    form: /^(?:GO[A-Z0-9]+|CGO_ENABLED)$/,
    says: (delta, { worlds }, name) =>
      causes(
        envFact(
          worlds,
          name,
          worlds.before.env(name) ?? entryValue(delta.before),
          worlds.now.env(name) ?? entryValue(delta.now),
        ),
      ),
  },
];

function isPresence(delta: InputDelta): boolean {
  return delta.before === null || delta.now === null;
}

/** The raw text differs where the words may not: show what the user wrote, the default where nothing was set. */
function effective(recorded: string | null, raw: string | null): string | null {
  return raw === null || raw === "" ? recorded : raw;
}

function trimpathCause(site: Site): Attribution | null {
  const line = site.inputs.deltas.find((each) => each.input === "trimpath");
  return line === undefined ? null : flagPresence(line, site, "-trimpath");
}

/** `build\tKEY=VALUE\n` in its escaped form → VALUE. */
function entryValue(text: string | null): string | null {
  if (text === null) return null;
  const raw = unquoteInner(text) ?? text;
  const value = raw.slice(raw.indexOf("=") + 1).replace(/\n$/, "");
  return textOf(value.startsWith('"') ? (unquoteInner(value.slice(1, -1)) ?? value) : value);
}

/** The profile's path. */
export const pgoEntryRows: readonly Row[] = [
  {
    name: "another -pgo",
    says: (_delta, { worlds }) => {
      const before = worlds.before.flag("-pgo")?.value ?? null;
      const now = worlds.now.flag("-pgo")?.value ?? null;
      return before === now ? null : causes(flagFact(worlds, "-pgo", before, now));
    },
  },
  {
    name: "the checkout moved",
    says: (delta, site) => {
      const before = entryValue(delta.before);
      const now = entryValue(delta.now);
      const isSame =
        before !== null &&
        now !== null &&
        relativeToMain(before, site.worlds) === relativeToMain(now, site.worlds);
      return isSame && site.directory.length > 0 ? causes(...site.directory) : null;
    },
  },
  {
    // Under -trimpath the path is cut to its last element (load/pkg.go, Go 1.21+).
    name: "its path was trimmed",
    says: (delta, site) => (isPresence(delta) ? null : trimpathCause(site)),
  },
  {
    name: "the profile itself",
    says: (delta, { worlds }) => causes(pgoFact(worlds, delta.before !== null, delta.now !== null)),
  },
];

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

/** An entry of the module list, by the module's path. */
export const dependencyRows: readonly Row[] = [
  {
    name: "a replacement",
    says: (delta, site, module) => {
      // Nothing of it was used on one side: it only joined or left the list.
      const isListed = (inputs: Site["inputs"]["now"]): boolean => inputs.has(`modinfo dep ${module}`);
      if (!isListed(site.inputs.before) || !isListed(site.inputs.now)) return null;
      const input = `modinfo replace ${module}`;
      if (delta.input !== input && !site.inputs.deltas.some((each) => each.input === input)) return null;
      return causes(
        replaced(module, replacement(module, "before", site), replacement(module, "now", site), site),
      );
    },
  },
  {
    // A workspace's own modules have no version (load/pkg.go setBuildInfo, Go 1.18–1.27).
    name: "a module of the workspace",
    says: (delta, { worlds, ...site }, module) => {
      const place = (text: string | null, { modules }: Worlds["now"]): string | null => {
        const version = moduleEntry(text)?.version ?? null;
        return version === "(devel)" ? (modules.roots.get(module) ?? version) : version;
      };
      const before = place(delta.before, worlds.before);
      const now = place(delta.now, worlds.now);
      const wasOwn = moduleEntry(delta.before)?.version === "(devel)";
      const isOwn = moduleEntry(delta.now)?.version === "(devel)";
      if (before === null || now === null || wasOwn === isOwn) return null;
      return causes(replaced(module, before, now, { worlds, ...site }));
    },
  },
  {
    name: "another version",
    says: (delta, _site, module) => {
      const before = moduleEntry(delta.before);
      const now = moduleEntry(delta.now);
      if (before === null || now === null || before.version === now.version) return null;
      return causes({
        code: "module-version-changed",
        subject: module,
        before: before.version,
        now: now.version,
        origin: "go.mod",
      });
    },
  },
  {
    // It was tagged anew, and nothing of what is compiled is another one.
    name: "another checksum",
    says: (delta, { worlds }) => {
      const before = moduleEntry(delta.before)?.sum ?? "";
      const now = moduleEntry(delta.now)?.sum ?? "";
      if (before === "" || now === "" || before === now) return null;
      const subject = worlds.now.run.module ?? worlds.before.run.module ?? "";
      return causes({ code: "module-graph-changed", subject, before, now, origin: "go.mod" });
    },
  },
  {
    name: "vendoring was switched",
    says: (delta, site, module) => {
      const before = moduleEntry(delta.before);
      const now = moduleEntry(delta.now);
      if (before === null || now === null) return null;
      // Only the checksum came or went.
      const place = ({ sum, version }: ModuleEntry): string => (sum === "" ? "vendor" : version);
      return causes(replaced(module, place(before), place(now), site));
    },
  },
  // A package of it is imported now, or no more.
  { name: "another import", says: () => follows },
];

function replaced(module: string, before: string | null, now: string | null, site: Site): CauseFact {
  return { code: "module-replaced", subject: module, before, now, origin: moduleOrigin(site.worlds) };
}

function replacement(module: string, side: "before" | "now", site: Site): string | null {
  const entry = moduleEntry(site.inputs[side].get(`modinfo replace ${module}`)?.text ?? null);
  if (entry !== null)
    return entry.version === "" || entry.version === "(devel)"
      ? entry.path
      : `${entry.path}@${entry.version}`;
  return moduleEntry(site.inputs[side].get(`modinfo dep ${module}`)?.text ?? null)?.version ?? null;
}

interface ModuleEntry {
  readonly path: string;
  readonly version: string;
  readonly sum: string;
}

function moduleEntry(text: string | null): ModuleEntry | null {
  if (text === null) return null;
  const [, path = "", version = "", sum = ""] = text.replace(/\\n$/, "").split("\\t");
  return { path, version, sum };
}
