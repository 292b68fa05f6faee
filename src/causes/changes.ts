import type { Comparison } from "../compare/compare-runs.ts";
import {
  entriesOf,
  type FileChange,
  type FileState,
  fileChanges,
  readFileState,
} from "../model/file-state.ts";
import { takeQuoted, textOf, unquoteInner } from "../util/go-quote.ts";
import type { CauseFact, InputChange } from "./cause.ts";
import { hashOf } from "./classify-file.ts";
import { changedEntries, testInputValue } from "./classify-test.ts";
import type { ExplainedAction } from "./explained.ts";

/** More distinct changes than this say nothing more about a cause. */
const changesShown = 50;

/** The inputs that a cause changed, each distinct change once, sorted by input, then by its values. */
export function changesOf(
  fact: CauseFact,
  roots: readonly ExplainedAction[],
  comparison: Comparison,
  inputsOf: (key: string) => ReadonlySet<string>,
): readonly InputChange[] {
  const found = new Map<string, InputChange>();
  for (const { action } of roots) {
    const compared = comparison.inputs(action.key);
    if (compared === null) continue;
    for (const input of inputsOf(action.key)) {
      if (fact.code === "test-file-changed") {
        const texts = [
          compared.before.get(input)?.text ?? null,
          compared.now.get(input)?.text ?? null,
        ] as const;
        for (const change of changesOfFile(input, fact.subject, ...texts))
          found.set(JSON.stringify(change), change);
        continue;
      }
      if (fact.subject === "TZ" && !input.startsWith("env ")) {
        found.set("zone", { input: "zone", before: fact.before, now: fact.now, diff: null });
        continue;
      }
      const before = readable(input, compared.before.get(input)?.text ?? null);
      const now = readable(input, compared.now.get(input)?.text ?? null);
      const change =
        input === "dir" && movesDirectory.test(fact.code)
          ? { input, before: fact.before, now: fact.now }
          : { input, before, now };
      const id = JSON.stringify(change);
      if (!found.has(id)) found.set(id, { ...change, diff: null });
    }
  }
  const text = (change: InputChange): string =>
    `${change.input}\n${change.before ?? ""}\n${change.now ?? ""}`;
  return [...found.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1)).slice(0, changesShown);
}

/** A directory differs in every package; its root is what changed. */
const movesDirectory = /^(directory-moved|modcache-moved)$/;

/** The value alone, as people would write it: words of a list, the text inside quotes, what stands behind `=`. */
export function readable(input: string, text: string | null): string | null {
  if (text === null) return null;
  if (input.startsWith("file ")) return hashOf(text);
  const plain = text.trim();
  if (/^env /.test(input)) return testInputValue(text, input);
  if (input === "module path") return textOf(plain.slice("module ".length, -1));
  if (input.startsWith("modinfo ")) return modinfoValue(plain);
  const rest = plain.replace(
    /^((import|packagefile) \S+[ =]|[A-Z][A-Z0-9_]*( ID( ERROR)?)?=|(cgo|asm|cover|vet|compile|link|go|dir|goos|goarch|buildmode|module|linkflags|vetflags|defaultgodebug|magic|fuzz|pgofile|packagemain) )/,
    "",
  );
  const quoted = takeQuoted(rest);
  if (quoted === null || quoted.rest !== "") return textOf(rest);
  return quoted.values
    .map((word) => textOf(/\s/.test(word) && quoted.raw.startsWith("[") ? `'${word}'` : word))
    .join(" ")
    .trim();
}

/** An entry of the build info is escaped once as a whole, and its value quoted where it has blanks. */
function modinfoValue(entry: string): string {
  const fields = (unquoteInner(entry) ?? entry).trim().split("\t");
  if (fields[0] !== "build")
    return textOf(fields.filter((field) => !/^(mod|dep|path|=>)$/.test(field)).join(" ")).trim();
  const pair = fields.slice(1).join("\t");
  const value = pair.slice(pair.indexOf("=") + 1);
  return textOf(takeQuoted(value)?.values[0] ?? value);
}

/** What of a file that a test read is not what it was: `exists`, `size`, `mode`, `mtime`, `listing`. */
function changesOfFile(
  input: string,
  subject: string,
  before: string | null,
  now: string | null,
): readonly InputChange[] {
  const [was, is] = statesOf(
    subject,
    input,
    readFileState(testInputValue(before, input) ?? ""),
    readFileState(testInputValue(now, input) ?? ""),
  );
  return fileChanges(was, is).map((change) => ({
    input: change,
    before: change === "listing" ? namesOnlyIn(was, is) : stateText(change, was),
    now: change === "listing" ? namesOnlyIn(is, was) : stateText(change, is),
    diff: null,
  }));
}

/** The entries of a folder that its other state lacks, joined by commas; null where there are none, and where a state has no names. */
function namesOnlyIn(one: FileState, other: FileState): string | null {
  const [names, others] = [entriesOf(one), entriesOf(other)];
  if (names === null || others === null) return null;
  const lacking = [...names.keys()].filter((name) => !others.has(name)).sort();
  return lacking.length === 0 ? null : lacking.join(", ");
}

/** Of a file that is known by its folder alone: what the folder's listing says of it. */
function statesOf(
  subject: string,
  input: string,
  before: FileState,
  now: FileState,
): readonly [FileState, FileState] {
  const at = subject.lastIndexOf("/");
  const folder = textOf(input.replace(/^\S+ /, ""));
  if (!folder.endsWith(`/${subject.slice(0, at)}`) || folder.endsWith(`/${subject}`)) return [before, now];
  const entry = changedEntries(before, now).find(([name]) => name === subject.slice(at + 1));
  return entry === undefined ? [before, now] : [entry[1], entry[2]];
}

function stateText(change: FileChange, { found }: FileState): string | null {
  switch (change) {
    case "exists":
      return found === null ? null : "true";
    case "size":
      return found === null ? null : `${found.size} bytes`;
    case "mode":
      return found === null ? null : (found.mode & 0o777).toString(8);
    case "mtime":
    case "zone":
      return found === null ? null : `${found.clock} ${found.zone}`;
    case "listing":
    case "other":
      return null;
  }
}
