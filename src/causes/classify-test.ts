import type { InputDelta } from "../compare/compare-runs.ts";
import { wordChanges } from "../compare/word-changes.ts";
import { entriesOf, type FileState, fileChanges, readFileState } from "../model/file-state.ts";
import { takeQuoted, textOf } from "../util/go-quote.ts";
import type { CauseFact } from "./cause.ts";
import { coverageFact } from "./classify-flags.ts";
import { relativeToMain } from "./classify-place.ts";
import type { Row } from "./row.ts";
import { type Attribution, causes, type Site } from "./site.ts";

/** The classification table of test results: what their key is made of → what it comes from. */
export const testRows: readonly Row[] = [
  {
    name: "salt",
    form: /^salt$/,
    says: (_delta, site) => (site.worlds.toolchain === null ? null : causes(site.worlds.toolchain)),
  },
  {
    name: "test binary",
    form: /^test binary$/,
    says: (_delta, site) => ({
      type: "dependency",
      on: "link",
      package: `${site.action.package}.test`,
      content: null,
      byKey: true,
    }),
  },
  { name: "test arguments", form: /^test arguments$/, says: argumentsRule },
  { name: "coverage profile", form: /^coverage profile$/, says: coverProfileRule },
  { name: "covered package", form: /^covered (.*)$/s, says: coveredRule },
  { name: "variable", form: /^env (.*)$/s, says: variableRule },
  { name: "file", form: /^(?:stat|open|chdir) (.*)$/s, says: fileRule },
];

/** `-v` and `-json` are one argument of the test binary: -test.v=true, -test.v=test2json (test/testflag.go, Go 1.21–1.27). */
function argumentsRule(delta: InputDelta, site: Site): Attribution | null {
  const { removed, added } = wordChanges(wordsOf(delta.before), wordsOf(delta.now));
  const names = new Set([...removed, ...added].map((word) => word.slice(0, word.indexOf("="))));
  const setTo = (words: readonly string[], name: string): string | null =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const facts = [...names].map((name): CauseFact => {
    const before = setTo(removed, name);
    const now = setTo(added, name);
    const isJson = name === "-test.v" && [before, now].includes("test2json");
    const subject = isJson ? "-json" : name.replace("-test.", "-");
    const shown = (value: string | null): string | null => (value === "test2json" ? "true" : value);
    const flag = (world: Site["worlds"]["now"]) => world.flag(subject);
    const origin = (flag(site.worlds.now) ?? flag(site.worlds.before))?.origin ?? null;
    return { code: "test-flag-changed", subject, before: shown(before), now: shown(now), origin };
  });
  return facts.length === 0 ? null : causes(...facts);
}

function wordsOf(text: string | null): readonly string[] {
  return takeQuoted((text ?? "").trim().slice("args ".length))?.values.map(textOf) ?? [];
}

/** From Go 1.25 on the profile is kept beside the result: a result without one does not count where it is asked for. */
function coverProfileRule(_delta: InputDelta, site: Site): Attribution {
  const { before, now } = site.worlds;
  const switched = coverageFact(site.worlds);
  if (switched?.code === "flag-changed") return causes(switched);
  const subject = "-coverprofile";
  const [was, is] = [before.flag(subject), now.flag(subject)];
  return causes({
    code: "test-flag-changed",
    subject,
    before: was?.value ?? null,
    now: is?.value ?? null,
    origin: (is ?? was)?.origin ?? null,
  });
}

/**
 * Under -coverpkg (Go 1.26+) a result counts only while all covered packages are built as they were, also those that the test
 * does not import (test/test.go tryCache, `covermeta`).
 */
function coveredRule(delta: InputDelta, site: Site, word: string): Attribution {
  const name = textOf(word);
  const switched = delta.before === null || delta.now === null ? coverageFact(site.worlds) : null;
  if (switched !== null) return causes(switched);
  // Nothing is built any more that could tell why it is gone.
  if (delta.now === null)
    return causes({ code: "coverage-changed", subject: "-coverpkg", before: name, now: null, origin: null });
  return { type: "dependency", on: "build", package: name, content: null, byKey: true };
}

function variableRule(delta: InputDelta, _site: Site, word: string): Attribution {
  return causes({
    code: "test-env-changed",
    subject: textOf(word),
    before: testInputValue(delta.before, delta.input),
    now: testInputValue(delta.now, delta.input),
    origin: "environment",
  });
}

/** What stands behind kind and name, unquoted; null for a variable that is not set, and where the input is not there. */
export function testInputValue(text: string | null, input: string): string | null {
  const value = text?.slice(input.length + 1).replace(/\n$/, "") ?? "unset";
  if (value === "unset") return null;
  return textOf(takeQuoted(value)?.values[0] ?? value);
}

function fileRule(delta: InputDelta, site: Site, word: string): Attribution | null {
  if (delta.before === null || delta.now === null) return null;
  const before = readFileState(testInputValue(delta.before, delta.input) ?? "");
  const now = readFileState(testInputValue(delta.now, delta.input) ?? "");
  const changes = fileChanges(before, now);
  const was = before.found;
  const is = now.found;
  if (was !== null && is !== null && changes.length === 1 && changes[0] === "zone") {
    return causes({
      code: "test-env-changed",
      subject: "TZ",
      before: was.zone,
      now: is.zone,
      origin: "environment",
    });
  }
  const path = textOf(word);
  const entries = changedEntries(before, now).map(([name, entryBefore, entryNow]) =>
    fileFact(`${path}/${name}`, entryBefore, entryNow, site),
  );
  // Of the folder itself nothing changed then: only what it lists.
  const isOwn = entries.length === 0 || changes.some((change) => change !== "other");
  return causes(...(isOwn ? [fileFact(path, before, now, site)] : []), ...entries);
}

function fileFact(path: string, before: FileState, now: FileState, site: Site): CauseFact {
  const changes = fileChanges(before, now);
  return {
    code: "test-file-changed",
    subject: relativeToMain(path, site.worlds),
    before: describe(changes, before, now),
    now: describe(changes, now, before),
    origin: "file system",
  };
}

/** Files of an opened directory that were there before and are now, and are not what they were. */
export function changedEntries(
  before: FileState,
  now: FileState,
): readonly (readonly [name: string, before: FileState, now: FileState])[] {
  const earlier = entriesOf(before);
  return [...(entriesOf(now) ?? [])].flatMap(([name, state]) => {
    const was = earlier?.get(name);
    const isOther = was !== undefined && fileChanges(was, state).some((change) => change !== "zone");
    return isOther ? [[name, was, state] as const] : [];
  });
}

/** One side of a change in a few words: `12 bytes`, `mode 755`, `3 entries`, `2026-11-21 07:45:11`. */
function describe(changes: readonly string[], state: FileState, against: FileState): string | null {
  const [side, other] = [state.found, against.found];
  if (side === null) return other === null ? null : "not there";
  if (other === null) return side.isDirectory ? "a directory" : "a file";
  if (changes.includes("size") && side.size !== other.size) return `${side.size} bytes`;
  const entries = changes.includes("listing") ? entriesOf(state) : null;
  if (entries !== null) return entries.size === 1 ? "1 entry" : `${entries.size} entries`;
  if (changes.includes("mode") && side.mode !== other.mode) return `mode ${(side.mode & 0o777).toString(8)}`;
  if (changes.includes("mtime")) return `${side.clock} ${side.zone}`;
  return null;
}
