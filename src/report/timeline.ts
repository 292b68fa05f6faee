import type { Block, RunAction, RunWithBlocks } from "../model/run.ts";

/** When each action of a run was worked on, side by side with what it waited for. */
export interface Timeline {
  /** From the run's start to the end of its last action, in seconds. */
  readonly seconds: number;
  /** How many actions were worked on at once, at the most: the rows of a picture. */
  readonly lanes: number;
  /** All of the run, hits too, in its order. */
  readonly actions: readonly TimelineAction[];
  /** Places of the actions that ran and that the whole run waited for, the first to start first: none could have ended earlier without the one before. */
  readonly critical: readonly number[];
}

export interface TimelineAction {
  readonly key: string;
  readonly kind: RunAction["kind"];
  readonly package: string;
  readonly variant: string | null;
  readonly outcome: RunAction["outcome"];
  /** Start and end in seconds since the run's start, and the row, from 0; of a hit when it was looked up, where that is known. */
  readonly spans: readonly (readonly [from: number, to: number, lane: number])[];
  /** Places of the actions that it needs, as far as its inputs tell; of a link its main package alone. */
  readonly needs: readonly number[];
  /** The place of the needed action, of those that ran, that ended last before it started; null where there is none. */
  readonly unblockedBy: number | null;
}

/** Null where no action has a time: without an action graph. */
export function timelineOf({ run, blocks }: RunWithBlocks): Timeline | null {
  if (!run.actions.some(({ intervals }) => intervals.length > 0)) return null;
  const places = new Map(run.actions.map(({ key }, at) => [key, at]));
  const { spans, lanes } = layInLanes(run.actions);
  const actions = run.actions.map((action, at): TimelineAction => {
    const block = action.digest === null ? undefined : blocks.get(action.digest);
    const all = neededBy(action, block, places);
    return {
      key: action.key,
      kind: action.kind,
      package: action.package,
      variant: action.variant,
      outcome: action.outcome,
      spans: spans[at] ?? [],
      needs: action.kind === "link" ? all.slice(0, 1) : all,
      unblockedBy:
        action.outcome === "hit"
          ? null
          : lastOf(
              all.filter((need) => run.actions[need]?.outcome !== "hit"),
              startOf(spans[at]),
              spans,
            ),
    };
  });
  return {
    seconds: Math.max(...spans.map(endOf)),
    lanes,
    actions,
    critical: criticalPath(actions),
  };
}

type Spans = TimelineAction["spans"];

/** Go's graph does not name workers: each piece of work takes the first row that is free when it starts. */
function layInLanes(actions: readonly RunAction[]): { spans: Spans[]; lanes: number } {
  const pieces = actions
    .flatMap(({ intervals }, at) => intervals.map(([from, to]) => ({ at, from, to })))
    .sort((a, b) => a.from - b.from || a.to - b.to || a.at - b.at);
  const spans: [number, number, number][][] = actions.map(() => []);
  const ends: number[] = [];
  for (const { at, from, to } of pieces) {
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    spans[at]?.push([from, to, lane]);
  }
  return { spans, lanes: ends.length };
}

const imported = /^(?:import (\S+) |packagefile (.+)=)[\w-]{20}\n$/;

function neededBy(
  action: RunAction,
  block: Block | undefined,
  places: ReadonlyMap<string, number>,
): number[] {
  const { kind, package: name, variant } = action;
  const needed = new Set<number>();
  const add = (key: string): boolean => {
    const at = places.get(key);
    if (at !== undefined && key !== action.key) needed.add(at);
    return at !== undefined;
  };
  if (kind === "test") add(`link ${name}.test`);
  if (kind === "link" || kind === "vet") add(`build ${name}${variant === null ? "" : ` ${variant}`}`);
  // What is compiled for a test takes the variants of that test where there are such.
  const own = variant ?? `[${name.replace(/(?:_test|\.test)$/, "")}.test]`;
  for (const line of block?.lines ?? []) {
    const found = imported.exec(line);
    const path = found?.[1] ?? found?.[2];
    if (path === undefined) continue;
    if (!add(`build ${path} ${own}`)) add(`build ${path}`);
  }
  return [...needed];
}

/** The needed action that ended last, of those that ended before this one started. */
function lastOf(needs: readonly number[], start: number | null, spans: readonly Spans[]): number | null {
  if (start === null) return null;
  let last: number | null = null;
  let end = Number.NEGATIVE_INFINITY;
  for (const at of needs) {
    const mine = spans[at] ?? [];
    const ended = endOf(mine);
    if (mine.length === 0 || ended <= end || ended > start + clockError) continue;
    last = at;
    end = ended;
  }
  return last;
}

/** Go notes an action's end after it has released those that wait for it. */
const clockError = 0.005;

function criticalPath(actions: readonly TimelineAction[]): number[] {
  const path: number[] = [];
  let at: number | null = null;
  let end = Number.NEGATIVE_INFINITY;
  actions.forEach(({ spans, outcome }, place) => {
    if (outcome !== "hit" && endOf(spans) > end) {
      end = endOf(spans);
      at = place;
    }
  });
  const seen = new Set<number>();
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    path.unshift(at);
    at = actions[at]?.unblockedBy ?? null;
  }
  return path;
}

function startOf(spans: Spans | undefined): number | null {
  return spans === undefined || spans.length === 0 ? null : Math.min(...spans.map(([from]) => from));
}

/** Behind everything where there is none. */
function endOf(spans: Spans): number {
  return spans.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...spans.map(([, to]) => to));
}
