import type { InputDelta } from "../compare/compare-runs.ts";
import { wordChanges } from "../compare/word-changes.ts";
import { takeQuoted, textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { type Attribution, causes, follows, placeFacts, type Site, unknown } from "./site.ts";
import { envFact, envWords } from "./world.ts";

/** A package got or lost its cgo part as a whole. */
export function cgoPresence(site: Site): Attribution {
  if (site.module !== null) return causes(site.module);
  const fact = site.worlds.fileSetters.find(({ fact: each }) => each.subject === "CGO_ENABLED")?.fact;
  if (fact !== undefined) return causes(fact);
  // Its cgo file came or went, or an edit brought `import "C"`: the file's own change tells.
  return follows;
}

export function compilerRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
  if (delta.before === null || delta.now === null) return cgoPresence(site);
  const name = found[1] ?? "CC";
  return causes(envFact(site.worlds, name, listText(delta.before), listText(delta.now)));
}

export function compilerIdRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
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

export function listText(text: string): string {
  return listWords(text).join(" ");
}

export function listWords(text: string): readonly string[] {
  const open = text.indexOf("[");
  return (takeQuoted(text.slice(Math.max(open, 0)))?.values ?? []).map(textOf);
}

/** The list is the variable's words, then the package's own (`#cgo` lines): each half has its own causes. */
export function cgoFlagsRule(delta: InputDelta, site: Site, found: RegExpExecArray): Attribution {
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

export function startsWith(words: readonly string[], head: readonly string[]): boolean {
  return head.every((word, at) => words[at] === word);
}
