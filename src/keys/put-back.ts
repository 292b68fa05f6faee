import { type Digest, digestOf } from "../model/ids.ts";
import type { Segment } from "../model/segments.ts";

/**
 * The key that an action would have had with some inputs as they were before: each is replaced, left out, or put
 * in behind the input that it followed then. Tells which change is to blame; it proves no cause, since the
 * earlier texts are taken from the earlier block.
 */
export function keyWithInputsPutBack(
  before: readonly Segment[],
  now: readonly Segment[],
  inputs: ReadonlySet<string>,
): Digest {
  const earlier = new Map(before.map((segment) => [segment.input, segment]));
  const present = new Set(now.map((segment) => segment.input));
  const out: Segment[] = [];
  for (const segment of now) {
    if (!inputs.has(segment.input)) out.push(segment);
    else {
      const other = earlier.get(segment.input);
      if (other !== undefined) out.push(other);
    }
  }
  let previous: string | null = null;
  for (const segment of before) {
    if (inputs.has(segment.input) && !present.has(segment.input)) {
      const at: number = previous === null ? 0 : out.findIndex((each) => each.input === previous) + 1;
      out.splice(at, 0, segment);
      previous = segment.input;
    } else if (present.has(segment.input)) previous = segment.input;
  }
  return digestOf(out.map((segment) => segment.text).join(""));
}
