import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf, unquote } from "../util/go-quote.ts";
import { cgoFlagsRule, cgoPresence, compilerIdRule, compilerRule } from "./classify-cgo.ts";
import { classifyFile } from "./classify-file.ts";
import {
  buildmodeRule,
  coverRule,
  flagPresence,
  flagsThatChanged,
  modeRule,
  ownFlags,
  vetFlagsRule,
} from "./classify-flags.ts";
import { classifyModinfo } from "./classify-modinfo.ts";
import { directoryRule, goLineRule, gorootRule } from "./classify-place.ts";
import {
  archLevelRule,
  envRule,
  experimentRule,
  godebugRule,
  pgoRule,
  toolRule,
} from "./classify-settings.ts";
import { testRows } from "./classify-test.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, follows, type Site, unknown } from "./site.ts";
import { targetFact } from "./world.ts";

/** What a changed input comes from. `unknown` is an honest answer: it becomes `unexplained`. */
export function classify(delta: InputDelta, site: Site): Attribution {
  const rows = site.action.kind === "test" ? testRows : inputRows;
  return firstAnswer(rows, delta.input, delta, site) ?? unknown;
}

/** The classification table: an input's name → what it comes from. */
export const inputRows: readonly Row[] = [
  {
    name: "file",
    form: /^file (.*)$/s,
    says: (delta, site, word) => classifyFile(textOf(word), delta, site),
  },
  { name: "import", form: /^import (\S+)$/, says: importRule },
  {
    name: "packagefile",
    form: /^packagefile (.*)$/s,
    says: (delta, _site, word) => dependency(delta, word),
  },
  { name: "packagemain", form: /^packagemain$/, says: (_delta, site) => onKey("build", site.action.package) },
  {
    name: "vetted package",
    form: /^vetted package$/,
    says: (delta, site) => onKey("build", site.action.package, vettedId(delta.now)),
  },
  {
    name: "vetout",
    form: /^vetout (.*)$/s,
    // Of a package that is imported no more there is no vet that could tell.
    says: (delta, _site, word) => (delta.now === null ? follows : onKey("vet", word)),
  },
  { name: "place", form: /^(?:dir|module path|module version)$/, says: directoryRule },
  { name: "go line", form: /^go line$/, says: goLineRule },
  { name: "goos", form: /^goos$/, says: (_delta, site) => causes(targetFact(site.worlds, "GOOS")) },
  { name: "goarch", form: /^goarch$/, says: (_delta, site) => causes(targetFact(site.worlds, "GOARCH")) },
  { name: "omitdebug", form: /^omitdebug$/, says: (_delta, site) => flagsThatChanged(site, debugFlags) },
  {
    name: "trimpath",
    form: /^trimpath$/,
    says: (delta, site) => flagPresence(delta, site, "-trimpath"),
  },
  { name: "tool", form: /^(cgo|compile|asm|link|cover|vet) tool$/, says: toolRule },
  { name: "C compiler", form: /^(CC|CXX|FC)$/, says: compilerRule },
  { name: "C compiler id", form: /^(CC|CXX|FC) id(?: error)?$/, says: compilerIdRule },
  {
    name: "cgo flags",
    form: /^(CGO_CPPFLAGS|CGO_CFLAGS|CGO_CXXFLAGS|CGO_LDFLAGS|CGO_FFLAGS)$/,
    says: cgoFlagsRule,
  },
  { name: "cover mode", form: /^cover mode$/, says: coverRule },
  { name: "fuzz", form: /^fuzz$/, says: (delta, site) => flagPresence(delta, site, "-fuzz") },
  { name: "modinfo", form: /^modinfo/, says: classifyModinfo },
  { name: "forced flags", form: /^(?:compile|asm|link) flags \(mode\)$/, says: modeRule },
  {
    name: "compile flags",
    form: /^compile flags$/,
    says: (delta, site) => ownFlags(delta, site, compilerFlags(site)),
  },
  { name: "asm flags", form: /^asm flags$/, says: (delta, site) => ownFlags(delta, site, "-asmflags") },
  { name: "linkflags", form: /^linkflags$/, says: (delta, site) => ownFlags(delta, site, "-ldflags") },
  { name: "vetflags", form: /^vetflags$/, says: vetFlagsRule },
  { name: "buildmode", form: /^(?:link )?buildmode$/, says: buildmodeRule },
  { name: "defaultgodebug", form: /^defaultgodebug$/, says: godebugRule },
  { name: "arch level", form: /^arch level (\w+)/, says: archLevelRule },
  { name: "GOEXPERIMENT", form: /^GOEXPERIMENT$/, says: (_delta, site) => experimentRule(site) },
  { name: "GO_EXTLINK_ENABLED", form: /^GO_EXTLINK_ENABLED$/, says: envRule },
  { name: "magic", form: /^magic (\w+)$/, says: envRule },
  { name: "GOROOT", form: /^GOROOT$/, says: gorootRule },
  { name: "pgofile", form: /^pgofile$/, says: pgoRule },
  // Its release, which each key begins with, and what it writes in another way.
  { name: "another Go", says: (_delta, { worlds }) => worlds.toolchain && causes(worlds.toolchain) },
];

/** Flags of go test that keep the debug information of a test binary (load/test.go, work/exec.go, Go 1.21–1.27). */
const debugFlags = ["-c", "-o", "-cpuprofile", "-memprofile", "-blockprofile", "-mutexprofile"];

/** gccgo's own flags stand where those of gc do (work/exec.go, Go 1.21–1.27). */
function compilerFlags(site: Site): string {
  return site.worlds.now.flag("-compiler")?.value === "gccgo" ? "-gccgoflags" : "-gcflags";
}

function importRule(delta: InputDelta, site: Site, name: string): Attribution | null {
  if (delta.before !== null && delta.now !== null) return dependency(delta, name);
  return firstAnswer(importRows, name, delta, site);
}

/** A package that a setting links into what does not import it (load/pkg.go LinkerDeps), or an import of the source's own. */
export const importRows: readonly Row[] = [
  {
    name: "a sanitizer's runtime",
    form: /^runtime\/(race|msan|asan)$/,
    says: (_delta, site, word) => setter(site, `-${word}`),
  },
  {
    // Every cgo package has these three (load/pkg.go, Go 1.21–1.27).
    name: "what cgo brings",
    form: /^(?:unsafe|syscall|runtime\/cgo)$/,
    says: (_delta, site) => {
      const tool = site.inputs.deltas.find((each) => each.input === "cgo tool");
      return tool === undefined || (tool.before !== null && tool.now !== null) ? null : cgoPresence(site);
    },
  },
  { name: "an import of the source", says: () => follows },
];

function setter(site: Site, subject: string): Attribution | null {
  const found = site.worlds.fileSetters.find(({ fact }) => fact.subject === subject);
  return found === undefined ? null : causes(found.fact);
}

function dependency(delta: InputDelta, name: string): Attribution {
  if (delta.before === null || delta.now === null) return follows;
  const content = /[ =]([\w-]{20})\n$/.exec(delta.now)?.[1] ?? null;
  return { type: "dependency", on: "build", package: name, content, byKey: false };
}

function onKey(on: "build" | "vet", name: string, id: string | null = null): Attribution {
  return { type: "dependency", on, package: name, content: id, byKey: true };
}

/** The whole key of the build that a vet reads: of the package itself, or of its variant for the test. */
function vettedId(text: string | null): string | null {
  const bytes = unquote((text ?? "").slice("pkg ".length, -1));
  return bytes === null ? null : Buffer.from(bytes, "latin1").subarray(0, 15).toString("base64url");
}
