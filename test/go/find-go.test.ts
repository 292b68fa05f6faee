import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { findGo } from "../../src/go/find-go.ts";
import { temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
writeFiles(root, { "a/go": "", "b/go": "#!/bin/sh\nexit 0\n", "b/go1.25.5": "#!/bin/sh\n", "c/go/x": "" });
chmodSync(join(root, "b/go"), 0o755);
chmodSync(join(root, "b/go1.25.5"), 0o755);
const path = (...names: string[]) => ({ PATH: names.map((name) => join(root, name)).join(":") });
// Root may do without any permission but that to execute.

describe("findGo", () => {
  test("a name on PATH: the first that can be run", () => {
    expect(findGo("go", path("none", "a", "c", "b"))).toEqual({ found: true, path: join(root, "b/go") });
    expect(findGo("go1.25.5", path("a", "b"))).toEqual({ found: true, path: join(root, "b/go1.25.5") });
  });

  test("a path, absolute or relative", () => {
    const absolute = join(root, "b/go");
    expect(findGo(absolute, {})).toEqual({ found: true, path: absolute });
    const typed = relative(process.cwd(), absolute);
    expect(findGo(typed, {})).toEqual({ found: true, path: typed });
  });

  test("126 and 127 as env has them", () => {
    const env = (word: string, pathValue: string) => {
      try {
        execFileSync("/usr/bin/env", [word], { env: { PATH: pathValue }, stdio: "ignore" });
        return 0;
      } catch (error) {
        return (error as { status: number }).status;
      }
    };
    const cases: [string, string][] = [
      ["go", path("none").PATH],
      ["go", path("a").PATH],
      ["go", path("none", "a").PATH],
      ["gotip", path("a", "b").PATH],
      [join(root, "a/go"), ""],
      [join(root, "a/none"), ""],
      [join(root, "a"), ""],
      ["go", path("b").PATH],
    ];
    for (const [word, value] of cases) {
      const result = findGo(word, { PATH: value });
      expect([word, value, result.found ? 0 : result.status]).toEqual([word, value, env(word, value)]);
    }
  });
});
