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
  return digestOf(
    inEarlierOrder(out, before, now, new Set([...putBack, ...instead.keys()]))
      .map((segment) => segment.text)
      .join(""),
  );
}

/**
 * Go writes some lists in the order in which packages were loaded, so an input may move without a change. A list
 * (`packagefile`, `import`, …) stands as before where all that changed in it (or in the whole block) is put back, or was something third in
 * between.
 */
function inEarlierOrder(
  out: readonly Segment[],
  before: readonly Segment[],
  now: readonly Segment[],
  changedBack: ReadonlySet<string>,
): readonly Segment[] {
  const present = new Map(now.map((segment) => [segment.input, segment.text]));
  const earlier = new Map(before.map((segment, at) => [segment.input, { text: segment.text, at }]));
  const changed = [...new Set([...earlier.keys(), ...present.keys()])].filter(
    (input) => earlier.get(input)?.text !== present.get(input),
  );
  const isAllBack = changed.every((input) => changedBack.has(input));
  const open = new Set(changed.filter((input) => !changedBack.has(input)).map(kindOf));
  const closed = new Set(changed.filter((input) => changedBack.has(input)).map(kindOf));
  const ordered = [...out];
  for (const kind of new Set(out.map((segment) => kindOf(segment.input)))) {
    if (!isAllBack && (open.has(kind) || !closed.has(kind))) continue;
    const places = out.flatMap((segment, at) => (kindOf(segment.input) === kind ? [at] : []));
    const members = places.flatMap((at) => out[at] ?? []);
    const rank = (segment: Segment): number => earlier.get(segment.input)?.at ?? 0;
    members.sort((a, b) => rank(a) - rank(b));
    places.forEach((place, at) => {
      ordered[place] = members[at] as Segment;
    });
  }
  return ordered;
}

function kindOf(input: string): string {
  const space = input.indexOf(" ");
  return space < 0 ? input : input.slice(0, space);
}
