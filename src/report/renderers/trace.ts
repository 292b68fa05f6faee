import type { Report } from "../report.ts";
import type { View } from "./view.ts";

/**
 * The run as a trace that Perfetto and chrome://tracing open: a slice an action, a track a row of the timeline, the causes as
 * arguments, an arrow from what an action waited for last, a counter of how many were worked on at once. Times are in
 * microseconds since the run's start. Without times of the actions it has the run's name and facts alone.
 *
 * Format: the JSON object form of the Trace Event Format (ph X, M, s, f, C).
 */
export function renderTrace(report: Report, view: View): string {
  const events = [...nameEvents(report, view), ...actionEvents(report, view)];
  const { now, totals } = report;
  const trace = {
    displayTimeUnit: "ms",
    otherData: {
      tool: `gocache-why ${report.tool.version}`,
      command: report.command.join(" "),
      run: now.id,
      before: report.before?.id ?? "",
      startedAt: now.startedAt ?? "",
      module: now.module ?? "",
      goVersion: now.goVersion ?? "",
      actions: String(totals.actions),
      hit: String(totals.hit),
      missed: String(totals.missed),
    },
    traceEvents: events,
  };
  return `${JSON.stringify(trace, null, 1)}\n`;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "M" | "s" | "f" | "C";
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, unknown>>;
}

const pid = 1;

function nameEvents(report: Report, { beside }: View): TraceEvent[] {
  const meta = (name: string, tid: number, args: Record<string, unknown>): TraceEvent => ({
    name,
    ph: "M",
    pid,
    tid,
    ts: 0,
    args,
  });
  const lanes = beside?.timeline?.lanes ?? 0;
  return [
    meta("process_name", 0, { name: report.command.join(" ") || "go" }),
    ...Array.from({ length: lanes }, (_, lane) =>
      meta("thread_name", lane + 1, { name: `worker ${lane + 1}` }),
    ),
    ...Array.from({ length: lanes }, (_, lane) => meta("thread_sort_index", lane + 1, { sort_index: lane })),
  ];
}

function actionEvents(report: Report, { beside }: View): TraceEvent[] {
  const timeline = beside?.timeline ?? null;
  if (timeline === null) return [];
  const known = new Map(report.actions.map((action) => [action.key, action]));
  const critical = new Set(timeline.critical);
  const slices: TraceEvent[] = [];
  const arrows: TraceEvent[] = [];
  timeline.actions.forEach(({ key, kind, package: name, outcome, spans, unblockedBy }, at) => {
    const action = known.get(key);
    const verdict = action?.verdict ?? outcome;
    for (const [from, to, lane] of spans) {
      slices.push({
        name: key,
        ph: "X",
        cat: `${kind},${verdict}`,
        pid,
        tid: lane + 1,
        ts: micro(from),
        dur: Math.max(0, micro(to) - micro(from)),
        args: {
          package: name,
          verdict,
          causes: (action?.causes ?? []).flatMap((cause) => report.causes[cause]?.summary ?? []),
          codes: (action?.causes ?? []).flatMap((cause) => report.causes[cause]?.code ?? []),
          role: action?.role ?? null,
          via: action?.via ?? null,
          id: action?.id ?? null,
          idBefore: action?.idBefore ?? null,
          work: action?.seconds ?? null,
          ...(critical.has(at) ? { criticalPath: true } : {}),
        },
      });
    }
    const by = unblockedBy === null ? undefined : lastOf(timeline.actions[unblockedBy]?.spans ?? []);
    const first = spans[0];
    if (by === undefined || first === undefined) return;
    // An arrow binds to the slices that enclose its two ends: it starts in the last microsecond of what was waited for.
    const start = Math.max(micro(by[0]), micro(by[1]) - 1);
    arrows.push(
      { name: "unblocks", ph: "s", cat: "unblocks", id: at, pid, tid: by[2] + 1, ts: start },
      {
        name: "unblocks",
        ph: "f",
        bp: "e",
        cat: "unblocks",
        id: at,
        pid,
        tid: first[2] + 1,
        ts: Math.max(start, micro(first[0])),
      },
    );
  });
  return [...slices.sort((a, b) => a.ts - b.ts || a.tid - b.tid), ...arrows, ...counterEvents(slices)];
}

/** How many slices were open, at each change. */
function counterEvents(slices: readonly TraceEvent[]): TraceEvent[] {
  const changes = new Map<number, number>();
  for (const { ts, dur = 0 } of slices) {
    changes.set(ts, (changes.get(ts) ?? 0) + 1);
    changes.set(ts + dur, (changes.get(ts + dur) ?? 0) - 1);
  }
  let open = 0;
  return [...changes]
    .sort(([a], [b]) => a - b)
    .map(([ts, change]) => {
      open += change;
      return { name: "at once", ph: "C", pid, tid: 0, ts, args: { actions: open } };
    });
}

function lastOf<T extends readonly [number, number, number]>(spans: readonly T[]): T | undefined {
  return spans.reduce<T | undefined>(
    (last, span) => (last === undefined || span[1] > last[1] ? span : last),
    undefined,
  );
}

function micro(seconds: number): number {
  return Math.round(seconds * 1e6);
}
