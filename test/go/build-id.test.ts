import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linkActionOf, readBuildId } from "../../src/go/build-id.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
mkdirSync(join(root, "m"));
writeFiles(root, {
  "m/go.mod": "module example.com/m\n\ngo 1.22\n",
  "m/main.go": "package main\n\nfunc main() {}\n",
  "text.txt": "no executable\n".repeat(100),
  empty: "",
});

describe("readBuildId", () => {
  test.each([
    ["linux", "amd64", []],
    ["linux", "386", []],
    ["linux", "s390x", []],
    ["darwin", "arm64", []],
    ["windows", "amd64", []],
    ["linux", "amd64", ["-buildmode=pie"]],
  ])("%s/%s %j", { timeout: 240_000 }, (goos, goarch, flags) => {
    const env = goEnvironment(root, { GOOS: goos, GOARCH: goarch, CGO_ENABLED: "0" });
    const file = join(root, `out-${goos}-${goarch}-${flags.length}`);
    go(["build", ...flags, "-o", file, "."], join(root, "m"), env);
    const id = go(["tool", "buildid", file], join(root, "m"), goEnvironment(root)).trim();
    expect(id).toMatch(/^[\w-]{20}(\/[\w-]{20}){3}$/);
    expect(readBuildId(file)).toBe(id);
    expect(linkActionOf(id)).toBe(id.slice(0, 20));
  });

  test("no build ID", { timeout: 120_000 }, () => {
    const env = goEnvironment(root, { CGO_ENABLED: "0" });
    const file = join(root, "without");
    const built = spawnSync("go", ["build", "-ldflags=-buildid=", "-o", file, "."], {
      cwd: join(root, "m"),
      env: { ...env, GOOS: "linux", GOARCH: "amd64" },
    });
    expect(built.status).toBe(0);
    expect(readBuildId(file)).toBeNull();
    for (const name of ["text.txt", "empty", "none", "m"]) expect(readBuildId(join(root, name))).toBeNull();
    expect(linkActionOf("abc/def")).toBeNull();
  });
});
