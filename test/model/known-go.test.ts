import { describe, expect, test } from "vitest";
import { unknownGo } from "../../src/model/known-go.ts";
import type { Flag } from "../../src/model/run.ts";

function told(goVersion: string | null, flags: readonly Flag[] = []): string | null {
  return unknownGo({ goVersion, settings: { env: {}, envOrigin: {}, flags } });
}

describe("a Go that is not known", () => {
  // `go version` of toolchains that were run, and forms of internal/buildcfg and cmd/dist (Go 1.21–1.27).
  test.each([
    ["go1.21.13", null],
    ["go1.22.12", null],
    ["go1.26.8", null],
    ["go1.27rc1", null],
    ["go1.27.3", null],
    [null, null],
    ["go1.28", "go1.28 is newer than"],
    ["go1.28rc2", "go1.28rc2 is newer than"],
    ["go2.0", "go2.0 is newer than"],
    ["devel go1.24-1234abcd Thu Nov 26 10:00:00 2026 +0000", "is a development version"],
    ["go1.27-devel_1234abcd Thu Nov 26 10:00:00 2026 +0000", "is a development version"],
    ["go1.26.8 X:jsonv2", "go1.26.8 X:jsonv2 is built with experiments"],
    ["go1.26.8-X:jsonv2", "go1.26.8-X:jsonv2 is built with experiments"],
  ])("%s: %s", (version, start) => {
    const text = told(version);
    if (start === null) expect(text).toBe(null);
    else expect(text).toContain(start);
  });

  test("gccgo, whatever go runs it", () => {
    const flag: Flag = { name: "-compiler", value: "gccgo", origin: "command line" };
    expect(told("go1.26.8", [flag])).toContain("gccgo's keys are known in part");
    expect(told("go1.26.8", [{ ...flag, value: "gc" }])).toBe(null);
  });
});
