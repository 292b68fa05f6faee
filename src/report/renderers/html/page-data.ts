import type { Beside } from "../../beside.ts";
import type { Report } from "../../report.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { visibleText } from "../../wording/values.ts";

/** What the page's script is given: all texts are plain, and harmless only once they are set as text. */
export interface PageData {
  readonly module: string | null;
  /** Numbered causes first, then what always runs, then what only goes along. */
  readonly groups: readonly PageGroup[];
  /** Of every action that ran, in the report's order; hits follow where a timeline or an edge has them. */
  readonly actions: readonly PageAction[];
  readonly timeline: PageTimeline | null;
  /** Seconds since 1970, oldest first. */
  readonly history: readonly PageRun[];
}

export interface PageGroup {
  /** `1`, `2`, …; `·` for what has no number. */
  readonly label: string;
  readonly summary: string;
  /** 0–5: one of six colours; 6: the colour of all others. */
  readonly colour: number;
  readonly evidence: string;
  readonly seconds: number | null;
}

export interface PageAction {
  readonly key: string;
  readonly kind: string;
  readonly package: string;
  readonly verdict: string;
  /** Work in seconds. */
  readonly seconds: number | null;
  readonly role: string | null;
  /** Places in `groups`. */
  readonly groups: readonly number[];
  /** Place in `actions`, or null. */
  readonly via: number | null;
  /** Inputs that differ: name, before, now. */
  readonly inputs?: readonly (readonly [string, string | null, string | null])[];
  readonly more?: number;
  readonly proven?: true | string | null;
  readonly sameOutput?: true;
  /** Places in `actions`. */
  readonly needs?: readonly number[];
}

export interface PageTimeline {
  readonly seconds: number;
  readonly lanes: number;
  /** Place in `actions`, start, end, row. */
  readonly spans: readonly (readonly [number, number, number, number])[];
  /** By place in `actions`: which action ended last before it could start. */
  readonly unblockedBy: readonly (number | null)[];
  readonly critical: readonly number[];
}

export interface PageRun {
  readonly id: string;
  readonly at: number | null;
  readonly hit: number;
  readonly actions: number;
  readonly missed: number | null;
  readonly seconds: number | null;
  readonly clock: number | null;
  readonly causes: number | null;
}

export const colours = 6;

/** The groups of a view in the order in which the page numbers them. */
export function groupsOf(view: ReportView): readonly { group: CauseGroup; label: string; colour: number }[] {
  const numbered = [...view.shown, ...view.hidden];
  return [
    ...numbered.map((group, at) => ({ group, label: String(at + 1), colour: Math.min(at, colours) })),
    ...[...view.always, ...view.also].map((group) => ({ group, label: "·", colour: colours })),
  ];
}

/** All that the script needs, each text once made visible here: it is never HTML. */
export function pageDataOf(view: ReportView, beside: Beside | null): PageData {
  const { report } = view;
  const groups = groupsOf(view);
  const groupOf = new Map(
    groups.flatMap(({ group }, at) => group.causes.map((cause) => [cause, at] as const)),
  );
  const places = new Map(report.actions.map(({ key }, at) => [key, at]));
  const extra = extraActions(report, beside, places);
  const timeline = beside?.timeline ?? null;
  const toPlace = timeline?.actions.map(({ key }) => places.get(key) ?? -1) ?? [];
  const needs = new Map(timeline?.actions.map((action, at) => [toPlace[at] ?? -1, action.needs]));
  const placesOf = (list: readonly number[] | undefined): number[] =>
    (list ?? []).flatMap((at) => {
      const place = toPlace[at] ?? -1;
      return place < 0 ? [] : [place];
    });
  const actions = report.actions.map((action, at): PageAction => {
    const detail =
      beside === null || !Object.hasOwn(beside.details, action.key) ? null : beside.details[action.key];
    const needed = placesOf(needs.get(at));
    return {
      key: visibleText(action.key),
      kind: action.kind,
      package: visibleText(action.package),
      verdict: action.verdict,
      seconds: action.seconds,
      role: action.role,
      groups: [...new Set(action.causes.flatMap((cause) => groupOf.get(cause) ?? []))].sort((a, b) => a - b),
      via: action.via === null ? null : (places.get(action.via) ?? null),
      ...(detail == null
        ? {}
        : {
            inputs: detail.inputs.map(({ input, before, now }) => [
              visibleText(input),
              before === null ? null : visibleText(before),
              now === null ? null : visibleText(now),
            ]),
            ...(detail.more > 0 ? { more: detail.more } : {}),
            proven: typeof detail.proven === "string" ? visibleText(detail.proven) : detail.proven,
            ...(detail.sameOutput ? { sameOutput: true as const } : {}),
          }),
      ...(needed.length > 0 ? { needs: needed } : {}),
    };
  });
  return {
    module: report.now.module === null ? null : visibleText(report.now.module),
    groups: groups.map(({ group, label, colour }) => ({
      label,
      summary: visibleText(group.summary),
      colour,
      evidence: group.evidence.kind,
      seconds: group.seconds,
    })),
    actions: [
      ...actions,
      ...extra.map(({ key, kind, package: name, at }): PageAction => {
        const needed = placesOf(timeline?.actions[at]?.needs);
        return {
          key: visibleText(key),
          kind,
          package: visibleText(name),
          verdict: "hit",
          seconds: null,
          role: null,
          groups: [],
          via: null,
          ...(needed.length > 0 ? { needs: needed } : {}),
        };
      }),
    ],
    timeline:
      timeline === null
        ? null
        : {
            seconds: timeline.seconds,
            lanes: timeline.lanes,
            spans: timeline.actions.flatMap(({ spans }, at) =>
              (toPlace[at] ?? -1) < 0
                ? []
                : spans.map(([from, to, lane]) => [toPlace[at] ?? 0, short(from), short(to), lane] as const),
            ),
            unblockedBy: unblockersOf(timeline, toPlace, report.actions.length + extra.length),
            critical: placesOf(timeline.critical),
          },
    history: (beside?.history ?? []).map((run) => ({
      id: visibleText(run.id),
      at:
        run.startedAt === null || Number.isNaN(Date.parse(run.startedAt))
          ? null
          : Date.parse(run.startedAt) / 1000,
      hit: run.hit,
      actions: run.actions,
      missed: run.missed,
      seconds: run.seconds,
      clock: run.clockSeconds,
      causes: run.causes?.length ?? null,
    })),
  };
}

/** Milliseconds are what the times are good for. */
function short(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function unblockersOf(
  timeline: NonNullable<Beside["timeline"]>,
  toPlace: readonly number[],
  count: number,
): (number | null)[] {
  const found: (number | null)[] = Array.from({ length: count }, () => null);
  timeline.actions.forEach(({ unblockedBy }, at) => {
    const place = toPlace[at] ?? -1;
    const by = unblockedBy === null ? -1 : (toPlace[unblockedBy] ?? -1);
    if (place >= 0 && by >= 0) found[place] = by;
  });
  return found;
}

/** Actions of the timeline that the report does not list; their places are noted. */
function extraActions(
  report: Report,
  beside: Beside | null,
  places: Map<string, number>,
): { key: string; kind: string; package: string; at: number }[] {
  const extra: { key: string; kind: string; package: string; at: number }[] = [];
  beside?.timeline?.actions.forEach(({ key, kind, package: name }, at) => {
    if (places.has(key)) return;
    places.set(key, report.actions.length + extra.length);
    extra.push({ key, kind, package: name, at });
  });
  return extra;
}
