import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { renderTrace } from "../../src/report/renderers/trace.ts";
import type { Report } from "../../src/report/report.ts";
import { groupBy } from "../../src/util/group-by.ts";
import { buildReport, view } from "./build-report.ts";
import { type Made, ofFixture, ofPrometheus } from "./page/made-pages.ts";
import { situations } from "./situations.ts";

/**
 * The JSON object form of the Trace Event Format (the document that Chrome's and Perfetto's importers follow), as far as these
 * events go: phases X, M, s, f and C, times in microseconds.
 */
const schema = {
  type: "object",
  required: ["traceEvents"],
  properties: {
    displayTimeUnit: { enum: ["ms", "ns"] },
    otherData: { type: "object" },
    traceEvents: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "ph", "pid", "tid", "ts"],
        properties: {
          name: { type: "string" },
          cat: { type: "string" },
          ph: { enum: ["X", "M", "s", "f", "C"] },
          ts: { type: "number", minimum: 0 },
          dur: { type: "number", minimum: 0 },
          pid: { type: "integer" },
          tid: { type: "integer" },
          args: { type: "object" },
        },
        oneOf: [
          { required: ["dur", "cat", "args"], properties: { ph: { const: "X" } } },
          {
            required: ["args"],
            properties: {
              ph: { const: "M" },
              name: {
                enum: [
                  "process_name",
                  "thread_name",
                  "thread_sort_index",
                  "process_labels",
                  "process_sort_index",
                ],
              },
            },
          },
          { required: ["id", "cat"], properties: { ph: { const: "s" } } },
          { required: ["id", "cat", "bp"], properties: { ph: { const: "f" }, bp: { const: "e" } } },
          {
            required: ["args"],
            properties: {
              ph: { const: "C" },
              args: { type: "object", additionalProperties: { type: "number" } },
            },
          },
        ],
      },
    },
  },
};

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const isTrace = new Ajv({ strictRequired: false }).compile(schema);

function eventsOf(made: { report: Report; beside: Made["beside"] | null }): TraceEvent[] {
  const trace = JSON.parse(renderTrace(made.report, { ...view, beside: made.beside }));
  isTrace(trace);
  expect(isTrace.errors ?? []).toEqual([]);
  return trace.traceEvents;
}

const recorded: readonly (readonly [string, () => Made])[] = [
  ["an edit", () => ofFixture("go1.26.8/file-edited-api")],
  ["tests", () => ofFixture("go1.26.8/test-and-file")],
  ["a first build", () => ofFixture("go1.26.8/first-build")],
  ["prometheus", ofPrometheus],
];

describe("the trace", () => {
  test.each(recorded)("of %s keeps to the trace event format", (_, make) => {
    const made = make();
    const events = eventsOf(made);
    const slices = events.filter(({ ph }) => ph === "X");
    const timeline = made.beside.timeline;
    expect(slices.length).toBe(timeline?.actions.flatMap(({ spans }) => spans).length);
    checkTracks(slices);
    checkArrows(events, slices);
    const counter = events.filter(({ ph }) => ph === "C").map(({ args }) => Number(args?.actions));
    // A look into the cache may begin and end within one microsecond, which no counter shows.
    expect(Math.max(...counter)).toBeLessThanOrEqual(timeline?.lanes ?? 0);
    expect(Math.max(...counter)).toBeGreaterThan(0);
    expect(counter.at(-1)).toBe(0);
  });

  test("names causes, verdict and work of each action", () => {
    const { report, beside } = ofFixture("go1.26.8/file-edited-api");
    const slices = eventsOf({ report, beside }).filter(({ ph }) => ph === "X");
    for (const action of report.actions.filter(({ seconds }) => seconds !== null && seconds > 0)) {
      const slice = slices.find(({ name }) => name === action.key);
      expect(slice?.args).toMatchObject({
        package: action.package,
        verdict: action.verdict,
        causes: action.causes.map((at) => report.causes[at]?.summary),
        work: action.seconds,
      });
    }
  });

  test.each(Object.entries(situations))("of %s without times is a trace without slices", (_, spec) => {
    const events = eventsOf({ report: buildReport(spec), beside: null });
    expect(events.map(({ ph }) => ph)).toEqual(["M"]);
  });
});

/** Slices of one track do not overlap: an importer would take one for a part of the other. */
function checkTracks(slices: readonly TraceEvent[]): void {
  const tracks = groupBy(slices, ({ tid }) => tid);
  for (const track of tracks.values()) {
    track.sort((a, b) => a.ts - b.ts || (a.dur ?? 0) - (b.dur ?? 0));
    track.forEach(({ ts }, at) => {
      const before = track[at - 1];
      if (before !== undefined) expect(ts).toBeGreaterThanOrEqual(before.ts + (before.dur ?? 0));
    });
  }
}

/** Each arrow has one start and one end, in this order, and each lies in a slice of its track. */
function checkArrows(events: readonly TraceEvent[], slices: readonly TraceEvent[]): void {
  const arrows = groupBy(
    events.filter(({ ph }) => ph === "s" || ph === "f"),
    ({ id }) => id,
  );
  const isInside = ({ tid, ts }: TraceEvent): boolean =>
    slices.some((slice) => slice.tid === tid && slice.ts <= ts && ts <= slice.ts + (slice.dur ?? 0));
  for (const ends of arrows.values()) {
    expect(ends.map(({ ph }) => ph)).toEqual(["s", "f"]);
    const [start, end] = ends;
    expect(start?.ts).toBeLessThanOrEqual(end?.ts ?? -1);
    expect(ends.every(isInside)).toBe(true);
  }
}
