import { describe, expect, it } from "vitest";
import { fixtureNames, readFixture, reportOfFixture } from "./fixture.ts";

describe.each(fixtureNames())("%s", (name) => {
  const fixture = readFixture(name);
  const report = reportOfFixture(fixture);

  it("names exactly the causes that are true", () => {
    const named = report.causes.map((cause) => `${cause.code} ${cause.subject}`).sort();
    expect(named).toEqual(fixture.expect.map((cause) => `${cause.code} ${cause.subject}`).sort());
  });

  it("finds exactly the actions that ran, as a plain go run tells them", () => {
    const ran = report.actions.filter((action) => action.verdict !== "hit").map((action) => action.key);
    expect(ran.sort()).toEqual([...fixture.truth.ran].sort());
    expect(report.totals.hit).toBe(fixture.truth.hit);
  });

  it("leaves nothing unexplained", () => {
    expect(report.unexplained).toEqual([]);
    expect(report.warnings.filter((warning) => warning.code === "input-unexplained")).toEqual([]);
  });

  it("finds the roots", () => {
    for (const cause of fixture.expect) {
      if (cause.roots === null) continue;
      const found = report.causes.find((each) => each.code === cause.code && each.subject === cause.subject);
      expect(found?.packages).toEqual([...cause.roots].sort());
    }
  });
});
