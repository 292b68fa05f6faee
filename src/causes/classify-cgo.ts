import type { InputDelta } from "../compare/compare-runs.ts";
import { wordChanges } from "../compare/word-changes.ts";
import { takeQuoted, textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, follows, placeFacts, type Site } from "./site.ts";
import { envFact, envWords } from "./world.ts";

/** A package got or lost its cgo part as a whole. */
export function cgoPresence(site: Site): Attribution | null {
  return firstAnswer(cgoPresenceRows, "", { input: "", before: null, now: null }, site);
}

export const cgoPresenceRows: readonly Row[] = [
  {
    name: "CGO_ENABLED was switched",
    says: (_delta, { worlds }) => {
      const setter = worlds.fileSetters.find(({ fact }) => fact.subject === "CGO_ENABLED");
      return setter === undefined ? null : causes(setter.fact);
    },
  },
  // Its cgo file came or went, or an edit brought `import "C"`: the file's own change tells.
  { name: "a file of the package", says: () => follows },
];

export function compilerRule(delta: InputDelta, site: Site, name: string): Attribution | null {
  if (delta.before === null || delta.now === null) return cgoPresence(site);
  return causes(envFact(site.worlds, name, listText(delta.before), listText(delta.now)));
}

export function compilerIdRule(delta: InputDelta, site: Site, name: string): Attribution | null {
  return firstAnswer(compilerIdRows, name, delta, site);
}

/** The version line of a C compiler, or the error that go got instead of one. */
export const compilerIdRows: readonly Row[] = [
  {
    name: "another command",
    says: (_delta, site, name) => {
      const command = site.inputs.deltas.find((each) => each.input === name);
      return command === undefined ? null : compilerRule(command, site, name);
    },
  },
  {
    name: "another compiler behind the same command",
    says: (_delta, site, name) =>
      causes({
        code: "c-compiler-changed",
        subject: name,
        before: compilerVersion(site.inputs.before.get(`${name} id`)?.text ?? null),
        now: compilerVersion(site.inputs.now.get(`${name} id`)?.text ?? null),
        origin: "C toolchain",
      }),
  },
];

function compilerVersion(text: string | null): string | null {
  if (text === null) return null;
  const line = takeQuoted(text.slice(text.indexOf("=") + 1))?.values[0]?.trim();
  return textOf(line ?? text.trimEnd());
}

export function listText(text: string): string {
  return listWords(text).join(" ");
}

export function listWords(text: string): readonly string[] {
  const open = text.indexOf("[");
  return (takeQuoted(text.slice(Math.max(open, 0)))?.values ?? []).map(textOf);
}

/** The list is the variable's words, then the package's own (`#cgo` lines): each half has its own causes. */
export function cgoFlagsRule(delta: InputDelta, site: Site, name: string): Attribution | null {
  if (delta.before === null || delta.now === null) return cgoPresence(site);
  const before = listWords(delta.before);
  const now = listWords(delta.now);
  const facts: CauseFact[] = [];
  const ownBefore = envWords(site.worlds.before, name);
  const ownNow = envWords(site.worlds.now, name);
  const split =
    ownBefore !== null && ownNow !== null && startsWith(before, ownBefore) && startsWith(now, ownNow);
  if (!split) {
    const changed = wordChanges(before, now);
    if (isPackagePart(before, now, site)) return packagePart(changed, delta, site);
    return causes(envFact(site.worlds, name, before.join(" "), now.join(" ")));
  }
  if (ownBefore.join("\0") !== ownNow.join("\0")) {
    facts.push(envFact(site.worlds, name, site.worlds.before.env(name), site.worlds.now.env(name)));
  }
  const tail = wordChanges(before.slice(ownBefore.length), now.slice(ownNow.length));
  if (tail.added.length + tail.removed.length > 0) {
    const rest = packagePart(tail, delta, site);
    if (rest?.type === "causes") facts.push(...rest.facts);
    else if (facts.length === 0) return rest;
  }
  return causes(...facts);
}

/** Without settings: a change that only a moved directory or an edited file of this package can have made. */
function isPackagePart(before: readonly string[], now: readonly string[], site: Site): boolean {
  const hasEdit = site.inputs.deltas.some((delta) => delta.input.startsWith("file "));
  return hasEdit && before[0] === now[0];
}

/** The part of the list that `#cgo` lines give. */
function packagePart(changed: WordChanges, delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(packagePartRows, isOnlyMoved(changed, site) ? "moved" : "other", delta, site);
}

/** By `moved`, where nothing but the package's directory differs in the words (`-I${SRCDIR}/…`), and `other`. */
export const packagePartRows: readonly Row[] = [
  {
    name: "the package moved",
    form: /^moved$/,
    says: (_delta, { placeBefore, placeNow, worlds }) => {
      const { all } = placeFacts(placeBefore, placeNow, worlds);
      return all.length === 0 ? null : causes(...all);
    },
  },
  {
    name: "a file of the package",
    says: (_delta, { inputs }) =>
      inputs.deltas.some((each) => each.input.startsWith("file ")) ? follows : null,
  },
  {
    name: "the only changed setting",
    says: (_delta, { worlds: { fileSetters } }) => {
      const [setter] = fileSetters;
      return setter !== undefined && fileSetters.length === 1 ? causes(setter.fact) : null;
    },
  },
];

type WordChanges = ReturnType<typeof wordChanges>;

function isOnlyMoved({ removed, added }: WordChanges, site: Site): boolean {
  const from = site.placeBefore.directory;
  const to = site.placeNow.directory;
  if (from === null || to === null || from === to || removed.length !== added.length) return false;
  return removed.every((word, at) => word.replaceAll(from, to) === added[at]);
}

function startsWith(words: readonly string[], head: readonly string[]): boolean {
  return head.every((word, at) => words[at] === word);
}
