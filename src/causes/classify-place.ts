import type { InputDelta } from "../compare/compare-runs.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, type Site } from "./site.ts";
import { flagFact, type Worlds } from "./world.ts";

export function directoryRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(placeRows, "", delta, site);
}

/** The line `dir …`, or under -trimpath `module PATH@VERSION`. */
export const placeRows: readonly Row[] = [
  {
    name: "-trimpath was switched",
    says: (_delta, site) => {
      const trimpath = trimpathFact(site);
      return trimpath === null ? null : causes(trimpath, ...(site.module === null ? [] : [site.module]));
    },
  },
  {
    name: "the package moved",
    says: (_delta, { directory }) => (directory.length === 0 ? null : causes(...directory)),
  },
];

function trimpathFact(site: Site): CauseFact | null {
  const line = site.inputs.deltas.find((delta) => delta.input === "trimpath");
  if (line === undefined) return null;
  const value = (text: string | null): string | null => (text === null ? null : "true");
  return flagFact(site.worlds, "-trimpath", value(line.before), value(line.now));
}

export function goLineRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(goLineRows, "", delta, site);
}

/** `go 1.21`: the language version of the package's module. */
export const goLineRows: readonly Row[] = [
  {
    name: "another version of the module",
    says: (_delta, { module }) => (module === null ? null : causes(module)),
  },
  {
    name: "the module's go line",
    says: (delta, { placeNow, worlds }) => {
      const subject = placeNow.module ?? worlds.now.run.module;
      return subject === null
        ? null
        : causes(goDirective(subject, lineValue(delta.before), lineValue(delta.now)));
    },
  },
];

export function goDirective(subject: string, before: string | null, now: string | null): CauseFact {
  return { code: "go-directive-changed", subject, before, now, origin: "go.mod" };
}

function lineValue(text: string | null): string | null {
  return text === null ? null : textOf(text.slice(text.indexOf(" ") + 1).trimEnd());
}

export function gorootRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(gorootRows, "", delta, site);
}

/** `GOROOT=…` of a link, which has it only without -trimpath. */
export const gorootRows: readonly Row[] = [
  {
    name: "-trimpath was switched",
    says: (_delta, site) => {
      const trimpath = trimpathFact(site);
      return trimpath === null ? null : causes(trimpath);
    },
  },
  { name: "another Go", says: (_delta, { worlds }) => worlds.toolchain && causes(worlds.toolchain) },
  {
    name: "Go lies elsewhere",
    says: (delta) =>
      causes({
        code: "goroot-moved",
        subject: "GOROOT",
        before: delta.before === null ? null : afterEquals(delta.before),
        now: delta.now === null ? null : afterEquals(delta.now),
        origin: "file system",
      }),
  },
];

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
