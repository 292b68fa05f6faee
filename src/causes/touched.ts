import type { Comparison } from "../compare/compare-runs.ts";
import { readFileState } from "../model/file-state.ts";
import { textOf } from "../util/go-quote.ts";
import type { CauseFact, ContentInGit, InputChange } from "./cause.ts";
import { testInputValue } from "./classify-test.ts";
import type { Explanation } from "./explain.ts";
import type { ExplainedAction } from "./explained.ts";

/** A regular file that tests read, of which nothing but the time changed, as the present run found it. */
export interface TouchedFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch. */
  readonly modifiedAt: bigint;
}

/** The file behind a cause whose only change is a file's time; null for every other one, and for folders. */
export function touchedBy(
  fact: CauseFact,
  roots: readonly ExplainedAction[],
  comparison: Comparison,
  changes: readonly InputChange[],
  inputsOf: (key: string) => ReadonlySet<string>,
): TouchedFile | null {
  if (fact.code !== "test-file-changed" || changes.some(({ input }) => input !== "mtime")) return null;
  for (const { action } of roots) {
    const now = comparison.inputs(action.key)?.now;
    for (const input of inputsOf(action.key)) {
      const path = /^(?:open|stat) (.*)$/s.exec(input)?.[1];
      const text = now?.get(input)?.text ?? null;
      if (path === undefined || text === null) continue;
      const { found } = readFileState(testInputValue(text, input) ?? "");
      // A folder has no content, and what is no regular file (of Go's mode bits) git does not have.
      if (found === null || found.isDirectory || found.mode > 0o777) return null;
      return { path: textOf(path), bytes: found.size, modifiedAt: found.instant };
    }
  }
  return null;
}

/** The same explanation, with what git says of the touched files; those that it does not answer for stay as they are. */
export function showContentInGit(
  explanation: Explanation,
  answers: ReadonlyMap<string, ContentInGit>,
): Explanation {
  const causes = new Map(explanation.causes);
  for (const [id, cause] of causes) {
    const contentInGit = cause.touched === undefined ? undefined : answers.get(cause.touched.path);
    if (contentInGit !== undefined) causes.set(id, { ...cause, contentInGit });
  }
  return { ...explanation, causes };
}
