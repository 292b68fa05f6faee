import { diffArrays } from "diff";

/** Which words of a flag list are not what they were, in their order; a word that only moved counts on both sides. */
export function wordChanges(
  before: readonly string[],
  now: readonly string[],
): { removed: readonly string[]; added: readonly string[] } {
  const removed: string[] = [];
  const added: string[] = [];
  for (const part of diffArrays([...before], [...now])) {
    if (part.removed) removed.push(...part.value);
    if (part.added) added.push(...part.value);
  }
  return { removed, added };
}
