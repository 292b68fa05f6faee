import { expect, test } from "vitest";
import { createHide } from "../../src/log/hide-secrets.ts";
import { hideHomes } from "../../src/report/transforms/hide-homes.ts";
import { mapTexts } from "../../src/report/transforms/map-texts.ts";
import { countHidden, showTokens, showValues } from "../../src/report/transforms/show-values.ts";
import { buildReport } from "./build-report.ts";

const around = { home: "/srv/people/jane", user: "jane", host: "jane-laptop" };

test("a report for strangers has no home, no checkout, no user and no host", () => {
  const plain = buildReport({
    causes: [
      {
        code: "env-changed",
        subject: "CGO_CFLAGS",
        before: "-I/srv/people/jane/inc",
        now: "-I/builds/app/inc -I/data/jane/x",
      },
    ],
    actions: [{ key: "build example.com/jane/m", causes: [0] }],
    warnings: [{ code: "x", message: "jane-laptop: can't read /srv/people/jane/.config, /srv/people/janet" }],
  });
  const now = { ...plain.now, directory: "/builds/app", gocache: "/srv/people/jane/.cache/go-build" };
  const report = hideHomes({ ...plain, now }, around);
  expect(report.causes[0]?.before).toBe("-I~/inc");
  expect(report.causes[0]?.now).toBe("-I$CHECKOUT/inc -I/data/<user>/x");
  expect(report.warnings[0]?.message).toBe("<host>: can't read ~/.config, /srv/people/janet");
  // An import path is no path, and where go ran is what its field is for.
  expect(report.actions[0]?.key).toBe("build example.com/jane/m");
  expect(report.now.directory).toBe("/builds/app");
  expect(report.now.gocache).toBe("~/.cache/go-build");
  expect(hideHomes(report, around)).toEqual(report);
});

test("names that all machines have tell nothing", () => {
  const report = buildReport({
    warnings: [{ code: "x", message: "/builds/runner/work: build failed on build" }],
  });
  const same = hideHomes(report, { home: "/", user: "runner", host: "build" });
  expect(same.warnings).toEqual(report.warnings);
});

test("values are shown where this process knows them, and counted where it does not", () => {
  const known = new Map<string, string>();
  const hide = createHide(Buffer.alloc(32), known);
  const other = createHide(Buffer.alloc(32, 1));
  const text = `-X main.k=${hide("a$&b")} ${other("c")}`;
  const report = buildReport({ warnings: [{ code: "x", message: text }] });
  expect(countHidden(report)).toBe(2);
  const shown = showValues(report, known);
  expect(shown.warnings[0]?.message).toBe(`-X main.k=a$&b ${other("c")}`);
  expect(shown.redaction).toEqual({ applied: false, hidden: 1 });
  expect(showTokens({ a: [hide("a$&b")] }, known)).toEqual({ a: ["a$&b"] });
});

test("a change of texts leaves all else as it is", () => {
  const value = { a: ["x", 1, null, { b: "y" }], c: true, ["__proto__" as string]: "x" };
  expect(mapTexts(value, (text) => text)).toBe(value);
  const changed = mapTexts(value, (text) => text.toUpperCase());
  expect(changed.a).toEqual(["X", 1, null, { b: "Y" }]);
  expect(changed.c).toBe(true);
});
