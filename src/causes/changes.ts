import type { Comparison } from "../compare/compare-runs.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact, InputChange } from "./cause.ts";
import { hashOf } from "./classify-file.ts";
import type { ExplainedAction } from "./explain.ts";

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
      const before = readable(input, compared.before.get(input)?.text ?? null);
      const now = readable(input, compared.now.get(input)?.text ?? null);
      const change = isPath(input) ? { input, before: fact.before, now: fact.now } : { input, before, now };
      const id = JSON.stringify(change);
      if (!found.has(id)) found.set(id, { ...change, diff: null });
      if (found.size > 4 * changesShown) break;
    }
  }
  const text = (change: InputChange): string =>
    `${change.input}\n${change.before ?? ""}\n${change.now ?? ""}`;
  return [...found.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1)).slice(0, changesShown);
}

/** A directory differs in every package; its root is what changed. */
function isPath(input: string): boolean {
  return input === "dir";
}

/** The value alone, as people would write it. */
function readable(input: string, text: string | null): string | null {
  if (text === null) return null;
  if (input.startsWith("file ")) return hashOf(text);
  const plain = textOf(text).trim();
  if (input.startsWith("modinfo ")) return plain.replace(/\\n$/, "").replaceAll("\\t", " ").trim();
  return plain.replace(
    /^(import|packagefile) \S+[ =]|^[A-Z_]+( ID)?=|^(go|dir|goos|goarch|buildmode|module) /,
    "",
  );
}
