import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { type Attribution, causes, type Site, unknown } from "./site.ts";
import { flagFact, type Worlds } from "./world.ts";

export function directoryRule(_delta: InputDelta, site: Site): Attribution {
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

export function goLineRule(delta: InputDelta, site: Site): Attribution {
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

export function gorootRule(delta: InputDelta, site: Site): Attribution {
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

export function relativeToMain(path: string, worlds: Worlds): string {
  for (const world of [worlds.now, worlds.before]) {
    for (const root of world.modules.roots.values()) {
      if (root !== null && path.startsWith(`${root}/`)) return path.slice(root.length + 1);
    }
  }
  return path;
}

export function afterEquals(text: string): string {
  return textOf(text.slice(text.indexOf("=") + 1).trimEnd());
}
