import { describe, expect, test } from "vitest";
import { causeId } from "../../src/causes/cause.ts";
import type { Explanation } from "../../src/causes/explain.ts";
import { type ChangedFile, innocentsOf } from "../../src/causes/innocents.ts";
import type { Outside } from "../../src/causes/world.ts";
import type { Run } from "../../src/model/run.ts";
import { explainFixture, fixtureNames, readFixture } from "../scenarios/fixture.ts";

const nowhere: Outside = {
  readFile: () => null,
  modifiedAt: () => null,
  heldBefore: () => null,
  contentOf: () => null,
};

function explained(name: string): Explanation {
  const explanation = explainFixture(readFixture(name));
  if (explanation === null) throw new Error(`${name} has no baseline`);
  return explanation;
}

/** `reason code subject`, as `innocentsOf` gives them. */
function told(explanation: Explanation, files: readonly ChangedFile[] = []): string[] {
  return innocentsOf(explanation, nowhere, files).map(({ fact, reason }) => `${reason} ${causeId(fact)}`);
}

/** The same comparison as if the later run had also had other settings. */
function withRun(explanation: Explanation, change: (now: Run) => Run): Explanation {
  const { comparison } = explanation;
  if (comparison === null) throw new Error("no baseline");
  const now = { ...comparison.now, run: change(comparison.now.run) };
  return { ...explanation, comparison: { ...comparison, now } };
}

const root = "/tmp/gocache-why-fixtures/work/m";

describe("what changed and cost no miss", () => {
  const names = fixtureNames().filter((name) => name.startsWith("go1.26.8/"));
  const paid = names.filter((name) => (readFixture(name).innocent ?? []).length > 0);

  test.each(paid)("%s: what an earlier build paid for", (name) => {
    const innocent = readFixture(name).innocent ?? [];
    const found = told(explained(name));
    for (const { code, subject } of innocent) expect(found).toContain(`paid-earlier ${code} ${subject}`);
  });

  test("there are such scenarios", () => {
    expect(paid.length).toBeGreaterThan(5);
  });

  test("a cause is never innocent too", () => {
    for (const name of names) {
      const fixture = readFixture(name);
      const explanation = fixture.before === null ? null : explainFixture(fixture);
      if (explanation === null) continue;
      const innocent = innocentsOf(explanation, nowhere, []).map(({ fact }) => causeId(fact));
      expect({ name, both: innocent.filter((id) => explanation.causes.has(id)) }).toEqual({ name, both: [] });
      const expected = fixture.expect.map(({ code, subject }) => `${code} ${subject}`);
      expect({ name, wrong: innocent.filter((id) => expected.includes(id)) }).toEqual({ name, wrong: [] });
    }
  });

  test("-p and -v enter no key", () => {
    expect(told(explained("go1.26.8/flag-innocent"))).toEqual([
      "enters-no-key flag-changed -p",
      "enters-no-key flag-changed -v",
    ]);
  });

  test("variables: those of no key, those of tests, those that no package has", () => {
    const more = { GOPROXY: "off", GODEBUG: "http2client=0", CGO_FFLAGS: "-O1", GOTOOLCHAIN: "local" };
    const explanation = withRun(explained("go1.26.8/nothing"), (run) => ({
      ...run,
      settings: {
        ...run.settings,
        env: { ...run.settings.env, ...more },
        envOrigin: {
          ...run.settings.envOrigin,
          ...Object.fromEntries(Object.keys(more).map((name) => [name, "environment" as const])),
        },
      },
    }));
    const reasons = told(explanation);
    expect(reasons).toContain("enters-no-key env-changed GOPROXY");
    expect(reasons).toContain("only-tests env-changed GODEBUG");
    expect(reasons).toContain("in-no-key-here env-changed CGO_FFLAGS");
  });

  test("a setting that is a cause is not told a second time under another name", () => {
    const explanation = withRun(explained("go1.26.8/toolchain-changed"), (run) => ({
      ...run,
      settings: {
        ...run.settings,
        env: { ...run.settings.env, GOTOOLCHAIN: "go1.99" },
        envOrigin: { ...run.settings.envOrigin, GOTOOLCHAIN: "environment" },
      },
    }));
    expect(told(explanation)).toEqual([]);
  });

  test("files: tests, other platforms, C, and what belongs to no package", () => {
    const files: ChangedFile[] = [
      { path: `${root}/internal/errors/errors_test.go`, change: "edited" },
      { path: `${root}/internal/errors/errors_plan9.go`, change: "added" },
      { path: `${root}/include/size.h`, change: "edited" },
      { path: `${root}/docs/notes.md`, change: "removed" },
      { path: `${root}/internal/errors/errors.go`, change: "edited" },
      { path: "/elsewhere/errors.go", change: "edited" },
    ];
    expect(told(explained("go1.26.8/file-edited"), files)).toEqual([
      "left-out file-added internal/errors/errors_plan9.go",
      "seen-by-c-alone file-edited include/size.h",
      "only-tests file-edited internal/errors/errors_test.go",
      "in-no-key-here file-removed docs/notes.md",
    ]);
  });

  test("where an action could not be looked into, no reason is given but for what enters no key", () => {
    const explanation = { ...explained("go1.26.8/flag-innocent"), unexplained: ["build example.com/m"] };
    const files: ChangedFile[] = [{ path: `${root}/notes.md`, change: "edited" }];
    expect(told(explanation, files)).toEqual([
      "null file-edited notes.md",
      "enters-no-key flag-changed -p",
      "enters-no-key flag-changed -v",
    ]);
  });
});
