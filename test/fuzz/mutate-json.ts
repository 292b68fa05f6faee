import fc from "fast-check";

/** One change to a JSON value: the n-th of all places in it gets another value, goes, or stands twice. */
export interface JsonEdit {
  readonly place: number;
  readonly kind: "replace" | "away" | "double" | "swap";
  /** Index into `values`, or another place. */
  readonly value: number;
}

const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1e308,
  2 ** 53,
  0.5,
  "",
  "x",
  "\0\ud800",
  "\xff",
  "../../etc",
  "-1",
  "0".repeat(64),
  "a".repeat(20),
  "2026-01-02T03:04:05Z",
  "<hidden:0123456789ab>",
  [],
  [0],
  [[0]],
  [0, 1e15],
  {},
  { constructor: "x" },
  JSON.parse('{"__proto__":{"x":1}}'),
];

export const jsonEdit: fc.Arbitrary<JsonEdit> = fc.record({
  place: fc.nat({ max: 2 ** 20 }),
  kind: fc.constantFrom("replace", "replace", "replace", "away", "double", "swap"),
  value: fc.nat({ max: 2 ** 20 }),
});

interface Place {
  readonly parent: Record<string, unknown> | unknown[];
  readonly name: string;
}

/** A changed copy of a JSON value. */
export function applyJsonEdits(value: unknown, edits: readonly JsonEdit[]): unknown {
  const holder = { value: structuredClone(value) };
  for (const { place, kind, value } of edits) {
    const places = placesOf(holder);
    const { parent, name } = places[place % places.length] ?? { parent: holder, name: "value" };
    const fields = parent as Record<string, unknown>;
    if (kind === "replace") fields[name] = structuredClone(values[value % values.length]);
    else if (kind === "swap") {
      const other = places[value % places.length] ?? { parent, name };
      fields[name] = structuredClone((other.parent as Record<string, unknown>)[other.name]);
    } else if (Array.isArray(parent)) {
      if (kind === "away") parent.splice(Number(name), 1);
      else parent.splice(Number(name), 0, structuredClone(parent[Number(name)]));
    } else if (parent !== holder) delete fields[name];
  }
  return holder.value;
}

/** Every field and item, at whatever depth. */
function placesOf(value: object): Place[] {
  const places: Place[] = [];
  const walk = (parent: object): void => {
    for (const name of Object.keys(parent)) {
      places.push({ parent: parent as Place["parent"], name });
      const child = (parent as Record<string, unknown>)[name];
      if (typeof child === "object" && child !== null) walk(child);
    }
  };
  walk(value);
  return places;
}
