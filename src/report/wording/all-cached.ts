import { numberText } from "./numbers.ts";

/** The first line of a report in which nothing ran; it stands alone, since it is said without anything else being loaded. */
export function allCachedText(actions: number): string {
  return actions === 1 ? "the only action was cached" : `all ${numberText(actions)} actions were cached`;
}
