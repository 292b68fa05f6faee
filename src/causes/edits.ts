import type { Comparison } from "../compare/compare-runs.ts";
import { unifiedDiff } from "../compare/unified-diff.ts";
import type { ShortId } from "../model/ids.ts";
import type { Run } from "../model/run.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact, InputChange } from "./cause.ts";
import { hashOf } from "./classify-file.ts";
import type { Explanation } from "./explain.ts";
import type { ExplainedAction } from "./explained.ts";
import { type Place, placeOf } from "./place.ts";
import type { Worlds } from "./world.ts";

/** One file that was edited between two runs: its two contents, and where they may be found. */
export interface Edit {
  /** The change that it is, as the cause lists it: `file NAME` and the digests in its two lines. */
  readonly change: Pick<InputChange, "input" | "before" | "now">;
  /** Short SHA-256 of the content that the earlier run had, and of the present one's: what Go writes into `file` lines. */
  readonly before: ShortId;
  readonly now: ShortId;
  /** Absolute paths, the present one first; a second one where the file lay elsewhere in the earlier run. */
  readonly paths: readonly string[];
}

/** The edits behind a cause's changes, of those whose two contents are known by their digests. */
export function editsOf(
  fact: CauseFact,
  roots: readonly ExplainedAction[],
  comparison: Comparison,
  worlds: Worlds,
  changes: readonly InputChange[],
): readonly Edit[] {
  if (fact.code !== "file-edited") return [];
  const edits: Edit[] = [];
  for (const change of changes) {
    if (!change.input.startsWith("file ") || change.before === null) continue;
    const root = roots.find(({ action }) => {
      const text = comparison.inputs(action.key)?.before.get(change.input)?.text ?? null;
      return hashOf(text) === change.before;
    });
    const inputs = root === undefined ? null : comparison.inputs(root.action.key);
    if (root === undefined || inputs === null) continue;
    const name = textOf(change.input.slice("file ".length));
    const places = [
      placeOf(root.action.package, inputs.now, worlds.now.run, worlds.now.modules),
      placeOf(root.action.package, inputs.before, worlds.before.run, worlds.before.modules),
    ];
    const paths = [...new Set(places.flatMap((place) => pathIn(place, name)))];
    const now = change.now ?? hashIn(worlds.now.run, paths);
    if (now !== null) edits.push({ change, before: change.before as ShortId, now: now as ShortId, paths });
  }
  return edits;
}

/** The same explanation, with the diff of each edit whose two texts can be had. */
export function showEdits(
  explanation: Explanation,
  textOfContent: (content: ShortId) => string | null,
): Explanation {
  const causes = new Map(explanation.causes);
  for (const [id, cause] of causes) {
    if (cause.edits.length === 0) continue;
    const changes = cause.changes.map((change) => {
      const edit = cause.edits.find((each) => isSame(each.change, change));
      const before = edit === undefined ? null : textOfContent(edit.before);
      const now = edit === undefined ? null : textOfContent(edit.now);
      return before === null || now === null ? change : { ...change, diff: unifiedDiff(before, now) };
    });
    causes.set(id, { ...cause, changes });
  }
  return { ...explanation, causes };
}

function isSame(one: Edit["change"], other: Edit["change"]): boolean {
  return one.input === other.input && one.before === other.before && one.now === other.now;
}

function pathIn(place: Place, name: string): string[] {
  return place.directory === null ? [] : [`${place.directory}/${name}`];
}

/** An edit of its build constraint took the file out: it stands in no line of now, but was noted before the run. */
function hashIn(run: Run, paths: readonly string[]): ShortId | null {
  return run.files.find(({ path }) => paths.includes(path))?.hash ?? null;
}
