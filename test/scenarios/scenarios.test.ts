import { describe, expect, it } from "vitest";
import { explain } from "../../src/causes/explain.ts";
import {
  compareLogsOfFixture,
  explainedFromLogs,
  explainFixture,
  fixtureNames,
  noOutside,
  readFixture,
  reportOfFixture,
} from "./fixture.ts";

describe.each(fixtureNames())("%s", (name) => {
  const fixture = readFixture(name);
  const report = reportOfFixture(fixture);

  it("names exactly the causes that are true", () => {
    const named = report.causes.map((cause) => `${cause.code} ${cause.subject}`).sort();
    expect(named).toEqual(fixture.expect.map((cause) => `${cause.code} ${cause.subject}`).sort());
  });

  it("finds exactly the actions that ran, as a plain go run tells them", () => {
    const missed = report.actions.filter((action) => action.verdict !== "hit");
    // A plain graph does not tell a package from its variant for a test.
    const ran = missed.map((action) => action.key.replace(/ \[.*\]$/, ""));
    expect(ran.sort()).toEqual([...fixture.truth.ran].sort());
    expect(report.totals.hit).toBe(fixture.truth.hit);
  });

  it("leaves nothing unexplained", () => {
    expect(report.unexplained).toEqual([]);
    expect(report.warnings.filter((warning) => warning.code === "input-unexplained")).toEqual([]);
  });

  it("warns of what Go does not see, and of nothing else", () => {
    const warnings = report.warnings.filter(({ code }) => code === "input-not-in-key");
    const expected = (fixture.warns ?? []).filter(({ code }) => code === "input-not-in-key");
    expect(warnings.map(({ message }) => message.split(" changed,")[0])).toEqual(
      expected.map(({ about }) => about),
    );
  });

  it("finds the roots", () => {
    for (const cause of fixture.expect) {
      if (cause.roots === null) continue;
      const found = report.causes.find((each) => each.code === cause.code && each.subject === cause.subject);
      expect(found?.packages).toEqual([...cause.roots].sort());
    }
  });

  it.each(fixture.needs ?? [])("names the causes of $key", ({ key, causes }) => {
    const action = report.actions.find((each) => each.key === key);
    const named = action?.causes.map((at) => `${report.causes[at]?.code} ${report.causes[at]?.subject}`);
    expect(named?.sort()).toEqual(causes);
  });

  const innocent = (fixture.innocent ?? []).map((cause) => `${cause.code} ${cause.subject}`);
  if (innocent.length === 0) return;

  it("clears what was paid for, by what the cache held", () => {
    const blamed = [...(explainFixture(fixture)?.causes.keys() ?? [])];
    expect(blamed.filter((cause) => innocent.includes(cause))).toEqual([]);
    const blamedWithoutCache = [...(explainFixture(fixture, [], () => null)?.causes.keys() ?? [])];
    expect(blamedWithoutCache).toEqual(expect.arrayContaining(innocent));
  });
});

it.each(explainedFromLogs)("names the same causes of %s from logs alone", (name) => {
  const fixture = readFixture(name);
  const { causes, unexplained } = explain(compareLogsOfFixture(fixture), noOutside);
  const expected = fixture.expect.map(({ code, subject }) => `${code} ${subject}`);
  expect([...causes.keys()].sort()).toEqual(expected.sort());
  expect(unexplained).toEqual([]);
});
