import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf, unquote } from "../util/go-quote.ts";
import { cgoFlagsRule, compilerIdRule, compilerRule } from "./classify-cgo.ts";
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
  experimentFact,
  godebugRule,
  pgoRule,
  targetFacts,
  toolRule,
} from "./classify-settings.ts";
import { type Attribution, causes, follows, type Site, unknown } from "./site.ts";

type Rule = (delta: InputDelta, site: Site, found: RegExpExecArray) => Attribution;

/** The classification table: an input's name → what it comes from. The first form that fits decides. */
const rules: readonly (readonly [RegExp, Rule])[] = [
  [/^salt$/, (_delta, site) => (site.worlds.toolchain === null ? unknown : causes(site.worlds.toolchain))],
  [/^file (.*)$/s, (delta, site, found) => classifyFile(textOf(found[1] ?? ""), delta, site)],
  [/^import (\S+)$/, importRule],
  [/^packagefile (.*)$/s, (delta, _site, found) => dependency(delta, found[1] ?? "")],
  [/^packagemain$/, (_delta, site) => onKey("build", site.action.package)],
  [/^vetted package$/, (delta, site) => onKey("build", site.action.package, vettedId(delta.now))],
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

export function dependency(delta: InputDelta, name: string): Attribution {
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
