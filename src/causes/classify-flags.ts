import type { InputDelta } from "../compare/compare-runs.ts";
import { wordChanges } from "../compare/word-changes.ts";
import { takeQuoted, textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { listText, listWords } from "./classify-cgo.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, follows, type Site, unknown } from "./site.ts";
import { flagFact, type World, type Worlds } from "./world.ts";

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

/** What switched coverage on or off, or made it cover other packages; null where neither was done. */
export function coverageFact(worlds: Worlds): CauseFact | null {
  const changed = changedCoverFlags(worlds);
  const [first] = changed;
  if (first === undefined) return null;
  if (isCovering(worlds.before) !== isCovering(worlds.now)) return flagFact(worlds, first, null, null);
  return changed.includes("-coverpkg") ? coverage(worlds, "-coverpkg") : null;
}

function isCovering(world: World): boolean {
  return coverFlags.some((name) => world.flag(name) !== null);
}

export function coverRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(coverRows, "", delta, site);
}

/** The line of a package that is instrumented. */
export const coverRows: readonly Row[] = [
  {
    name: "other packages are covered",
    says: (delta, site) => {
      const { before, now } = site.worlds;
      const fact =
        isPresence(delta) && isCovering(before) && isCovering(now) ? coverageFact(site.worlds) : null;
      return fact === null ? null : causes(fact);
    },
  },
  {
    name: "coverage was switched",
    says: (delta, site) =>
      isPresence(delta) ? flagPresence(delta, site, changedCoverFlags(site.worlds)[0] ?? "-cover") : null,
  },
  {
    // -race moves the default from set to atomic (load/flag.go, work/init.go, Go 1.20+).
    name: "the mode's default moved",
    says: (_delta, site) => {
      const race = site.worlds.fileSetters.find(({ fact }) => fact.subject === "-race");
      return race === undefined || changedCoverFlags(site.worlds).includes("-covermode")
        ? null
        : causes(race.fact);
    },
  },
  {
    name: "another mode",
    says: ({ before, now }, site) =>
      causes(coverage(site.worlds, "-covermode", coverMode(before), coverMode(now))),
  },
];

/** `cover "set"` → `set`. */
function coverMode(text: string | null): string | null {
  const mode = takeQuoted((text ?? "").trim().slice("cover ".length))?.values[0];
  return mode === undefined ? null : textOf(mode);
}

function changedCoverFlags({ before, now }: Worlds): readonly string[] {
  return coverFlags.filter((name) => (before.flag(name)?.value ?? null) !== (now.flag(name)?.value ?? null));
}

function isPresence(delta: InputDelta): boolean {
  return delta.before === null || delta.now === null;
}

function coverage(
  worlds: Worlds,
  subject: string,
  before: string | null = null,
  now: string | null = null,
): CauseFact {
  return { ...flagFact(worlds, subject, before, now), code: "coverage-changed" };
}

/** The list that Go forces on every package: `-race`, `-shared`, … (work/init.go, Go 1.21–1.27). */
export function modeRule(delta: InputDelta, site: Site): Attribution | null {
  if (delta.before === null || delta.now === null) return follows;
  const { removed, added } = wordChanges(listWords(delta.before), listWords(delta.now));
  const facts: CauseFact[] = [];
  for (const word of [...removed, ...added]) {
    const side = (words: readonly string[]): string | null => (words.includes(word) ? "true" : null);
    const part = { ...delta, before: side(removed), now: side(added) };
    const answer = firstAnswer(modeRows, word, part, site);
    if (answer?.type !== "causes") return answer;
    facts.push(...answer.facts);
  }
  return causes(...facts);
}

/** What forces a word. */
export const modeRows: readonly Row[] = [
  {
    name: "a sanitizer",
    form: /^(?:-race|-msan|-asan)$/,
    says: (delta, site, word) => flagPresence(delta, site, word),
  },
  {
    name: "a build mode",
    form: /^(?:-shared|-dynlink)$/,
    says: (_delta, site) => switched(site, "-buildmode"),
  },
  {
    name: "shared libraries",
    form: /^(?:-linkshared|-dynlink|-D=GOBUILDMODE_shared=1|-w)$/,
    says: (_delta, site) => switched(site, "-linkshared"),
  },
  { name: "the only changed setting", says: (_delta, site) => onlySetter(site) },
];

/** A flag's cause, where it differs or nobody can tell. */
function switched(site: Site, name: string): Attribution | null {
  const { before, now } = site.worlds;
  const isSame = (before.flag(name)?.value ?? null) === (now.flag(name)?.value ?? null);
  return isSame && isRecorded(site) ? null : causes(flagFact(site.worlds, name, null, null));
}

function onlySetter({ worlds: { fileSetters } }: Site): Attribution | null {
  const [setter] = fileSetters;
  return setter !== undefined && fileSetters.length === 1 ? causes(setter.fact) : null;
}

export function buildmodeRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(buildmodeRows, "", delta, site);
}

/** A program's build mode: in its link's inputs, and in its build info. */
export const buildmodeRows: readonly Row[] = [
  {
    name: "another -buildmode",
    says: (delta, site) => {
      const { before, now } = site.worlds;
      const isSame = (before.flag("-buildmode")?.value ?? null) === (now.flag("-buildmode")?.value ?? null);
      if (isSame && isRecorded(site)) return null;
      const value = (text: string | null): string | null =>
        text?.trim().replace(/^(?:buildmode |build\\t-buildmode=)|\\n$/g, "") ?? null;
      return causes(flagFact(site.worlds, "-buildmode", value(delta.before), value(delta.now)));
    },
  },
  {
    // With GOOS, with -race on some platforms, with the toolchain.
    name: "the default moved",
    says: (_delta, { worlds: { fileSetters } }) =>
      fileSetters[0] === undefined ? null : causes(fileSetters[0].fact),
  },
];

/** The settings were asked of go; a raw log tells only what its lines tell. */
function isRecorded({ worlds }: Site): boolean {
  return Object.keys(worlds.now.run.settings.env).length > 0;
}

/** The list that the user's own -gcflags, -asmflags or -ldflags give a package. */
export function ownFlags(delta: InputDelta, site: Site, name: string): Attribution | null {
  return firstAnswer(ownFlagRows, name, delta, site);
}

export const ownFlagRows: readonly Row[] = [
  { name: "the line came or went", says: (delta) => (isPresence(delta) ? follows : null) },
  {
    name: "another value",
    says: (delta, site, name) => {
      const before = site.worlds.before.flag(name)?.value ?? null;
      const now = site.worlds.now.flag(name)?.value ?? null;
      if (before === now && isRecorded(site)) return null;
      return causes(
        flagFact(site.worlds, name, listText(delta.before ?? "") || null, listText(delta.now ?? "") || null),
      );
    },
  },
];

export function vetFlagsRule(delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(vetFlagRows, "", delta, site);
}

export const vetFlagRows: readonly Row[] = [
  {
    // One flag of the user's own takes out what go gives by default and brings -json (work/exec.go, vet/vet.go).
    name: "flags of the command",
    says: (delta, site) => {
      const facts = vetFacts(delta, site).filter(
        ({ subject }) => wordOf(site.worlds.before, subject) !== wordOf(site.worlds.now, subject),
      );
      return facts.length === 0 ? null : causes(...facts);
    },
  },
  {
    // A raw log does not hold the command.
    name: "flags in the line",
    says: (delta, site) => {
      const facts = isRecorded(site) ? [] : vetFacts(delta, site);
      return facts.length === 0 ? null : causes(...facts);
    },
  },
];

function vetFacts(delta: InputDelta, site: Site): readonly CauseFact[] {
  if (delta.before === null || delta.now === null) return [];
  const { removed, added } = wordChanges(listWords(delta.before), listWords(delta.now));
  const valueIn = (words: readonly string[], name: string): string | null => {
    const word = words.find((each) => nameOf(each) === name);
    return word === undefined ? null : word.slice(name.length + 1) || "true";
  };
  return [...new Set([...removed, ...added].map(nameOf))].map((name) =>
    flagFact(site.worlds, name, valueIn(removed, name), valueIn(added, name)),
  );
}

/** `-printf=false` → `-printf`. */
function nameOf(word: string): string {
  return word.replace(/=.*$/s, "");
}

/** A flag as the command or GOFLAGS has it; null where neither does. */
function wordOf({ run }: World, name: string): string | null {
  const words = [...(run.settings.env.GOFLAGS ?? "").split(/\s+/), ...run.command];
  return words.findLast((word) => nameOf(word.replace(/^--/, "-")) === name) ?? null;
}
