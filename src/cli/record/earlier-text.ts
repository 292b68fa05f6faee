import type { Outside } from "../../causes/world.ts";
import { readCommittedText } from "../../go/git-text.ts";
import type { ShortId } from "../../model/ids.ts";
import type { Run } from "../../model/run.ts";
import type { History } from "../../store/history.ts";
import { shortHashOf } from "./before-state.ts";

/** Git is asked for so many files at the most: a branch switch may bring thousands. */
const mostAsked = 20;

/**
 * Contents that files had in an earlier run: the copies that the history keeps, then the commit of that run. A text counts
 * only if its digest is the one that was recorded; one with hidden values has another.
 * @param env for git
 */
export function createEarlierText(
  before: Run,
  history: History,
  env: Readonly<Record<string, string>>,
): NonNullable<Outside["earlierText"]> {
  const known = new Map<string, string | null>();
  let asked = 0;
  const find = (content: ShortId, path: string): string | null => {
    const kept = history.text(content);
    const copy = kept === null || kept.hidden > 0 ? null : Buffer.from(kept.text);
    if (copy !== null && shortHashOf(copy) === content) return copy.toString("latin1");
    if (before.head === null || asked++ >= mostAsked) return null;
    const text = readCommittedText(before.head, path, env);
    return text !== null && shortHashOf(Buffer.from(text, "latin1")) === content ? text : null;
  };
  return (content, path) => {
    const earlier = known.get(content);
    if (earlier !== undefined) return earlier;
    const text = find(content, path);
    known.set(content, text);
    return text;
  };
}
