import { type Digest, digestOf } from "../model/ids.ts";
import type { Segment } from "../model/segments.ts";

/**
 * The key that an action would have had with some inputs as they were before: each is replaced, left out, or put
 * in behind the input that it followed then. Tells which change is to blame; it proves no cause, since the
 * earlier texts are taken from the earlier block.
 * @param putBack inputs that get their earlier text, or go where they had none
 * @param instead texts of other inputs that are neither the earlier nor the present ones
 */
export function keyWithInputsPutBack(
  before: readonly Segment[],
  now: readonly Segment[],
  putBack: ReadonlySet<string>,
  instead: ReadonlyMap<string, string> = new Map(),
): Digest {
  const earlier = new Map(before.map((segment) => [segment.input, segment]));
  const present = new Set(now.map((segment) => segment.input));
  const out: Segment[] = [];
  for (const segment of now) {
    const text = instead.get(segment.input);
    if (text !== undefined) out.push({ input: segment.input, text });
    else if (!putBack.has(segment.input)) out.push(segment);
    else {
      const other = earlier.get(segment.input);
      if (other !== undefined) out.push(other);
    }
  }
  let previous: string | null = null;
  for (const segment of before) {
    if (putBack.has(segment.input) && !present.has(segment.input)) {
      const at: number = previous === null ? 0 : out.findIndex((each) => each.input === previous) + 1;
      out.splice(at, 0, segment);
      previous = segment.input;
    } else if (present.has(segment.input)) previous = segment.input;
  }
  return digestOf(out.map((segment) => segment.text).join(""));
}
