import type { InputDelta } from "../compare/compare-runs.ts";
import { wordChanges } from "../compare/word-changes.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { listText, listWords } from "./classify-cgo.ts";
import { type Attribution, causes, follows, type Site, unknown } from "./site.ts";
import { flagFact } from "./world.ts";

export function flagsThatChanged(site: Site, names: readonly string[]): Attribution {
  const facts: CauseFact[] = [];
  for (const name of names) {
    const before = site.worlds.before.flag(name)?.value ?? null;
    const now = site.worlds.now.flag(name)?.value ?? null;
    if (before !== now) facts.push(flagFact(site.worlds, name, before, now));
  }
  return facts.length === 0 ? unknown : causes(...facts);
}

export function flagPresence(delta: InputDelta, site: Site, name: string): Attribution {
  return causes(
    flagFact(site.worlds, name, delta.before === null ? null : "true", delta.now === null ? null : "true"),
  );
}

const coverFlags = ["-cover", "-coverprofile", "-coverpkg", "-covermode"] as const;

export function coverRule(delta: InputDelta, site: Site): Attribution {
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
export function modeRule(delta: InputDelta, site: Site): Attribution {
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

export function buildmodeRule(delta: InputDelta, site: Site): Attribution {
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

export function ownFlags(delta: InputDelta, site: Site, name: string): Attribution {
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

export function vetFlagsRule(delta: InputDelta, site: Site): Attribution {
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
