import { expect } from "vitest";
import type { Report, ReportAction } from "../../src/report/report.ts";

const epsilon = 0.0015;

/** What the contract (docs: the report) promises of every report, whatever it tells. */
export function checkInvariants(report: Report): void {
  checkTotals(report);
  checkActions(report);
  checkCauses(report);
  checkCauseSets(report);
  checkVia(report);
  if (report.baseline.status === "none") checkFirst(report);
}

const didRun = ({ verdict }: ReportAction): boolean => verdict !== "hit" && verdict !== "unknown";

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function expectSorted<T>(items: readonly T[], compare: (a: T, b: T) => number): void {
  for (let at = 1; at < items.length; at++) {
    expect(compare(items[at - 1] as T, items[at] as T)).toBeLessThanOrEqual(0);
  }
}

function expectUnique(items: readonly unknown[]): void {
  expect(new Set(items).size).toBe(items.length);
}

function sumOf(actions: readonly ReportAction[]): number {
  return actions.reduce((sum, action) => sum + (action.seconds ?? 0), 0);
}

function checkTotals({ totals, actions }: Report): void {
  const { byVerdict, byKind } = totals;
  const kinds = Object.values(byKind);
  expect(Object.keys(byKind).sort()).toEqual(["build", "link", "test", "vet"]);
  expect(totals.actions).toBe(totals.hit + totals.ran + byVerdict.unknown);
  expect(totals.ran).toBe(totals.missed + totals.alwaysRan);
  expect(totals.missed).toBe(byVerdict["key-changed"] + byVerdict["entry-missing"] + byVerdict.new);
  expect(totals.alwaysRan).toBe(byVerdict.forced + byVerdict["not-cacheable"]);
  expect(totals.hit).toBe(byVerdict.hit);
  expect(Object.values(byVerdict).reduce((sum, count) => sum + count, 0)).toBe(totals.actions);
  expect(kinds.reduce((sum, kind) => sum + kind.actions, 0)).toBe(totals.actions);
  expect(kinds.reduce((sum, kind) => sum + kind.ran, 0)).toBe(totals.ran);
  expect(totals.cutOff).toBeGreaterThanOrEqual(0);
  const hits = actions.filter(({ verdict }) => verdict === "hit").length;
  expect([0, totals.hit]).toContain(hits);
  expect(actions.length - hits).toBe(totals.ran + byVerdict.unknown);
  for (const verdict of [
    "forced",
    "new",
    "key-changed",
    "not-cacheable",
    "entry-missing",
    "unknown",
  ] as const) {
    expect(actions.filter((action) => action.verdict === verdict).length).toBe(byVerdict[verdict]);
  }
  const isNull = totals.seconds === null;
  expect(totals.wallSeconds === null).toBe(isNull);
  for (const kind of kinds) expect(kind.seconds === null).toBe(isNull);
  if (totals.seconds !== null) {
    expect(Math.abs(sumOf(actions.filter(didRun)) - totals.seconds)).toBeLessThan(epsilon);
    const ofKinds = kinds.reduce((sum, kind) => sum + (kind.seconds ?? 0), 0);
    expect(Math.abs(ofKinds - totals.seconds)).toBeLessThan(4 * epsilon);
  }
}

function checkActions({ actions, causes, unexplained, totals }: Report): void {
  expectUnique(actions.map((action) => action.key));
  expectSorted(actions, (a, b) => compareText(a.key, b.key));
  expectSorted(unexplained, compareText);
  for (const action of actions) {
    const variant = action.variant === null ? "" : ` ${action.variant}`;
    expect(action.key.replace(/ #\d+$/, "")).toBe(`${action.kind} ${action.package}${variant}`);
    expect(action.seconds === null).toBe(totals.seconds === null);
    expectUnique(action.causes);
    expectSorted(action.causes, (a, b) => a - b);
    for (const index of action.causes) expect(causes[index]).toBeDefined();
    for (const id of [action.id, action.idBefore]) if (id !== null) expect(id).toMatch(/^[\w-]{20}$/);
    if (!didRun(action)) expect(action.causes).toEqual([]);
    expect(action.role === null).toBe(action.causes.length === 0);
    if (action.role === "cascade") expect(action.via).not.toBeNull();
    else expect(action.via).toBeNull();
    expect(unexplained.includes(action.key)).toBe(didRun(action) && action.causes.length === 0);
    if (action.verdict === "new") expect(action.idBefore).toBeNull();
    if (action.verdict === "key-changed" && action.id !== null) expect(action.idBefore).not.toBe(action.id);
    if (action.verdict === "entry-missing") expect(action.idBefore).toBe(action.id);
  }
}

function checkCauses({ actions, causes, totals }: Report): void {
  expectUnique(causes.map((cause) => `${cause.code} ${cause.subject}`));
  expectSorted(
    causes,
    (a, b) =>
      (b.seconds ?? -1) - (a.seconds ?? -1) ||
      b.direct + b.cascade - (a.direct + a.cascade) ||
      compareText(a.code, b.code) ||
      compareText(a.subject, b.subject),
  );
  causes.forEach((cause, index) => {
    const mine = actions.filter((action) => action.causes.includes(index));
    const alone = mine.filter((action) => action.causes.length === 1);
    const roots = mine.filter((action) => action.role === "root");
    const both = mine.filter((action) => action.role === "both");
    expect(mine.length).toBeGreaterThan(0);
    expect(cause.direct + cause.cascade).toBe(mine.length);
    expect(cause.exclusive).toBe(alone.length);
    expect(cause.direct).toBeGreaterThanOrEqual(roots.length);
    expect(cause.direct).toBeLessThanOrEqual(roots.length + both.length);
    expectUnique(cause.packages);
    expectSorted(cause.packages, compareText);
    for (const action of roots) expect(cause.packages).toContain(action.package);
    expect(cause.packages.length).toBeLessThanOrEqual(cause.direct);
    expect(cause.packages.length > 0).toBe(cause.direct > 0);
    expect(cause.summary).not.toBe("");
    for (const seconds of [cause.seconds, cause.wallSeconds, cause.exclusiveSeconds]) {
      expect(seconds === null).toBe(totals.seconds === null);
    }
    if (cause.seconds === null || totals.seconds === null) return;
    expect(Math.abs(sumOf(mine) - cause.seconds)).toBeLessThan(epsilon);
    expect(Math.abs(sumOf(alone) - (cause.exclusiveSeconds ?? -1))).toBeLessThan(epsilon);
    expect(cause.wallSeconds ?? 0).toBeLessThanOrEqual((totals.wallSeconds ?? 0) + epsilon);
  });
}

function checkCauseSets({ actions, causeSets, totals }: Report): void {
  const name = (causes: readonly number[]): string => causes.join(",");
  expectUnique(causeSets.map((set) => name(set.causes)));
  const caused = actions.filter((action) => action.causes.length > 0);
  expect(causeSets.reduce((sum, set) => sum + set.actions, 0)).toBe(caused.length);
  for (const set of causeSets) {
    const mine = caused.filter((action) => name(action.causes) === name(set.causes));
    expect(set.actions).toBe(mine.length);
    expect(set.actions).toBeGreaterThan(0);
    expect(set.seconds === null).toBe(totals.seconds === null);
    if (set.seconds !== null) expect(Math.abs(sumOf(mine) - set.seconds)).toBeLessThan(epsilon);
    if (set.alone === undefined) continue;
    expect(set.alone).toHaveLength(set.causes.length);
    if (set.causes.length === 1) expect(set.alone).toEqual([set.actions]);
    for (const [at, count] of set.alone.entries()) {
      const direct = mine.filter(({ role }) => role === "root" || role === "both").length;
      expect(count).toBeLessThanOrEqual(set.causes.length === 1 ? set.actions : direct);
      expect(count, `${set.causes[at]} of ${name(set.causes)}`).toBeGreaterThanOrEqual(0);
    }
  }
  expectSorted(causeSets, (a, b) => {
    if (a.actions !== b.actions) return b.actions - a.actions;
    for (let at = 0; at < Math.max(a.causes.length, b.causes.length); at++) {
      const order = (a.causes[at] ?? -1) - (b.causes[at] ?? -1);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** `via` leads to a root in finite steps, over dependencies that share a cause (or hit now, since they were built outside). */
function checkVia({ actions }: Report): void {
  const byKey = new Map(actions.map((action) => [action.key, action]));
  for (const action of actions) {
    const seen = new Set<string>();
    let at = action;
    while (at.role === "cascade" && at.via !== null) {
      expect(seen.has(at.key), `${action.key} leads to itself`).toBe(false);
      seen.add(at.key);
      const next = byKey.get(at.via);
      if (next === undefined || !didRun(next)) break;
      const shared = next.causes.filter((index) => at.causes.includes(index));
      expect(shared.length, `${at.key} via ${next.key}`).toBeGreaterThan(0);
      at = next;
    }
  }
}

function checkFirst({ actions, causes, unexplained, before }: Report): void {
  expect(before).toBeNull();
  expect(unexplained).toEqual([]);
  expect(causes.length).toBeLessThanOrEqual(1);
  for (const action of actions) expect(["hit", "unknown", "new", "forced"]).toContain(action.verdict);
}
