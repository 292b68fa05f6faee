import { describe, expect, test } from "vitest";
import { type Check, checkReport } from "../../../src/report/check/check-report.ts";
import { type Limits, noLimits, readCauseMatch } from "../../../src/report/check/limits.ts";
import { createPackagePattern } from "../../../src/report/check/package-pattern.ts";
import { renderCheck } from "../../../src/report/renderers/check.ts";
import type { Report } from "../../../src/report/report.ts";
import { buildReport } from "../build-report.ts";
import { closedValidator } from "../schema.ts";
import { situations } from "../situations.ts";

const m = "example.com/m";
const validate = closedValidator("check");
const edited = buildReport(situations["edit-and-variable"] ?? {});

function gate(report: Report, limits: Partial<Limits>, pattern: string | null = null): Check {
  const found = checkReport(report, [{ pattern, limits: { ...noLimits, ...limits } }]);
  if ("error" in found) throw new Error(found.error);
  expect(validate(JSON.parse(JSON.stringify(found)))).toBe(true);
  return found;
}

function match(text: string) {
  const found = readCauseMatch(text);
  if ("error" in found) throw new Error(found.error);
  return found;
}

describe("checkReport", () => {
  test("what always runs is no miss", () => {
    expect(edited.totals).toMatchObject({ ran: 40, missed: 39, alwaysRan: 1 });
    expect(gate(edited, { maxMissed: 39 }).ok).toBe(true);
    const { ok, checks, causes } = gate(edited, { maxMissed: 38 });
    expect(ok).toBe(false);
    expect(checks).toMatchObject([
      {
        limit: "maxMissed",
        package: null,
        wanted: 38,
        found: 39,
        message:
          '39 actions missed, 38 are allowed: internal/errors/errors.go was edited (36), CGO_CFLAGS changed: "-O2 -g" → "-O1 -g" (3), the checkout became dirty (2)',
      },
    ]);
    expect(causes[checks[0]?.causes[0] ?? -1]?.code).toBe("file-edited");
  });

  test("an action that ran only for allowed causes does not count", () => {
    const allow = [match("file-edited:internal/errors/errors.go")];
    // Two of the 36 ran for the stamp too.
    expect(gate(edited, { maxMissed: 0, allow }).checks[0]).toMatchObject({ found: 5, ok: false });
    const both = [...allow, match("vcs-stamp-changed"), match("env-changed:CGO_CFLAGS")];
    expect(gate(edited, { maxMissed: 0, allow: both }).checks[0]).toMatchObject({ found: 0, ok: true });
    expect(gate(edited, { maxMissed: 0, allow: [match("env-changed:GOOS")] }).checks[0]?.found).toBe(39);
  });

  test("seconds are the work of what missed", () => {
    expect(gate(edited, { maxSeconds: 8.3 }).checks[0]).toMatchObject({ found: 8.3, ok: true });
    expect(gate(edited, { maxSeconds: 8.2 }).ok).toBe(false);
    const { actions } = situations["raw-logs"] ?? {};
    const timeless = buildReport({
      actions: (actions ?? []).map((each) => ({ ...each, seconds: null })),
      causes: situations["raw-logs"]?.causes ?? [],
    });
    expect(checkReport(timeless, [{ pattern: null, limits: { ...noLimits, maxSeconds: 1 } }])).toEqual({
      error: "the report has no times, so that maxSeconds can't be checked",
    });
  });

  test("a hit rate is of hits and misses", () => {
    const rate = (371 / (371 + 39)) * 100;
    expect(gate(edited, { minHitRate: 90 }).checks[0]).toMatchObject({
      found: Math.round(rate * 100) / 100,
      ok: true,
    });
    expect(gate(edited, { minHitRate: 91 }).checks[0]?.message).toMatch(
      /^90\.49 % were hits \(371 of 410\), 91 % are wanted: internal/,
    );
    expect(gate(buildReport({}), { minHitRate: 100 }).checks[0]).toMatchObject({ found: null, ok: true });
    expect(gate(buildReport(situations["all-cached"] ?? {}), { minHitRate: 100 }).ok).toBe(true);
  });

  test("a cause that must not occur", () => {
    const failOn = [match("env-changed:CGO_CFLAGS"), match("directory-moved"), match("link-not-cached")];
    const { checks } = gate(edited, { failOn });
    expect(checks.map(({ wanted, ok, found }) => [wanted, ok, found])).toEqual([
      ["env-changed:CGO_CFLAGS", false, 3],
      ["directory-moved", true, 0],
      ["link-not-cached", false, 1],
    ]);
    // What is allowed is allowed.
    expect(
      gate(edited, { failOn: [match("env-changed")], allow: [match("env-changed:CGO_CFLAGS")] }).ok,
    ).toBe(true);
  });

  test("limits of one package pattern see its packages alone", () => {
    const seen = (pattern: string) => gate(edited, { maxMissed: 0 }, pattern).checks[0]?.found;
    expect(seen("./internal/...")).toBe(34);
    expect(seen("internal/errors")).toBe(1);
    expect(seen(`${m}/cmd/app`)).toBe(2);
    expect(seen("runtime/...")).toBe(1);
    expect(seen("./net")).toBe(0);
    expect(gate(edited, { maxMissed: 0 }, "./cmd/app").checks[0]?.message).toMatch(
      /^\.\/cmd\/app: 2 actions missed, 0 are allowed: /,
    );
    expect(checkReport(edited, [{ pattern: "./cmd/...", limits: { ...noLimits, minHitRate: 50 } }])).toEqual({
      error: expect.stringContaining("lacks the cached actions"),
    });
  });

  test("a pattern that no package has is no gate", () => {
    const whole = buildReport({
      causes: situations["one-edit"]?.causes ?? [],
      actions: [{ key: `build ${m}/a` }],
    });
    expect(checkReport(whole, [{ pattern: "./b", limits: { ...noLimits, maxMissed: 0 } }])).toEqual({
      error: "no package of the run is one of ./b",
    });
  });

  test("what is not known is told", () => {
    expect(gate(buildReport(situations.unknown ?? {}), { maxMissed: 1000 }).warnings).toMatchObject([
      { code: "unknown-not-counted" },
    ]);
    const first = gate(buildReport(situations["first-run"] ?? {}), { maxMissed: 0 });
    expect(first.warnings).toMatchObject([{ code: "no-baseline" }]);
    expect(
      gate(buildReport(situations["first-run"] ?? {}), { maxMissed: 0, allow: [match("first-build")] }).ok,
    ).toBe(true);
  });
});

test("people read one line where all is well, else a line a limit", () => {
  expect(renderCheck(gate(edited, { maxMissed: 40, minHitRate: 90 }), 0)).toBe(
    "gocache-why: within limits: 39 actions missed, 40 are allowed; 90.49 % were hits (371 of 410), 90 % are wanted\n",
  );
  const failing = gate(edited, { maxMissed: 40, failOn: [match("env-changed")] });
  expect(renderCheck(failing, 0)).toBe(
    'gocache-why: 1 of 2 limits exceeded\n  env-changed occurred, for 3 actions: CGO_CFLAGS changed: "-O2 -g" → "-O1 -g"\n',
  );
  expect(renderCheck(failing, 1)).toContain("\n  kept: 39 actions missed, 40 are allowed\n");
});

describe("createPackagePattern", () => {
  const cases: [string, string | null, string[], string[]][] = [
    ["...", m, [m, "fmt", `${m}/a`], []],
    ["./...", m, [m, `${m}/a/b`, `${m}.test`], ["fmt", "example.com/mm"]],
    [".", m, [m, `${m}_test`], [`${m}/a`]],
    ["./a/...", m, [`${m}/a`, `${m}/a/b`, `${m}/a.test`, `${m}/a_test`], [`${m}/ab`, "a"]],
    ["a", m, [`${m}/a`, "a"], [`${m}/b/a`]],
    ["net/...", null, ["net", "net/http"], ["network"]],
    ["./a", `${m},example.com/n`, [`${m}/a`, "example.com/n/a"], ["a"]],
    ["a+b", m, [`${m}/a+b`], [`${m}/aab`]],
  ];
  test.each(cases)("%s in %s", (pattern, module, inside, outside) => {
    const isIn = createPackagePattern(pattern, module);
    expect(inside.filter((path) => !isIn(path))).toEqual([]);
    expect(outside.filter(isIn)).toEqual([]);
  });
});
