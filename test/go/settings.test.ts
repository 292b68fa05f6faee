import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findGo } from "../../src/go/find-go.ts";
import { readHead } from "../../src/go/git-head.ts";
import { readModules } from "../../src/go/modules.ts";
import { readSettings } from "../../src/go/settings.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const directory = join(root, "m");
mkdirSync(directory);
writeFiles(root, {
  "m/go.mod": "module example.com/m // comment\n\ngo 1.22\n",
  goenv: "# comment\nGOFLAGS=-trimpath\nGOAMD64=v2\nGOARCH=arm64\n",
});
const found = findGo("go", process.env);
const path = found.found ? found.path : "";

describe("readSettings", () => {
  test("values and where they come from", { timeout: 30_000 }, async () => {
    const env = goEnvironment(root, {
      GOENV: join(root, "goenv"),
      GOARCH: "amd64",
      GODEBUG: "panicnil=1",
      GOSSAFUNC: "",
    });
    const settings = await readSettings(path, env, directory);
    if ("problem" in settings) throw new Error(settings.problem);
    expect(settings).toMatchObject({
      goVersion: go(["env", "GOVERSION"], directory, env).trim(),
      goarch: "amd64",
      gocache: join(root, "gocache"),
      gomod: join(directory, "go.mod"),
      gowork: null,
      goflags: { text: "-trimpath", origin: "go env file" },
      envOrigin: {
        GOFLAGS: "go env file",
        GOAMD64: "go env file",
        GOARCH: "environment",
        GODEBUG: "environment",
        GOSSAFUNC: "environment",
      },
      env: { GODEBUG: "panicnil=1", GOSSAFUNC: "", GOAMD64: "v2" },
    });
    expect(settings.envOrigin).not.toHaveProperty("CC");
  });

  test("GOFLAGS of the environment, no module", { timeout: 30_000 }, async () => {
    const settings = await readSettings(path, goEnvironment(root, { GOFLAGS: "-race" }), root);
    expect(settings).toMatchObject({ gomod: null, goflags: { text: "-race", origin: "GOFLAGS" } });
  });

  test("a problem is one line", { timeout: 30_000 }, async () => {
    const results = [
      await readSettings(path, goEnvironment(root), join(root, "none")),
      await readSettings(join(root, "none"), {}, null),
      await readSettings(
        path,
        goEnvironment(root, { GOCACHE: "off", GOENV: root, GOTOOLCHAIN: "nonsense" }),
        directory,
      ),
    ];
    for (const result of results) {
      expect(result).toHaveProperty("problem");
      expect("problem" in result ? result.problem : "").not.toContain("\n");
    }
  });
});

describe("readModules", () => {
  test("forms of the module line", () => {
    const forms = [
      "module example.com/x",
      'module "example.com/x" // c',
      "// module no\nmodule\texample.com/x\r",
      "module (\n\texample.com/x // c\n)",
      "module `example.com/x`",
    ];
    for (const [index, text] of forms.entries()) {
      writeFiles(root, { [`form${index}/go.mod`]: `${text}\n\ngo 1.22\n` });
      const place = join(root, `form${index}`);
      expect(readModules(join(place, "go.mod"), null)).toEqual({ "example.com/x": place });
    }
  });

  test("a workspace", { timeout: 30_000 }, () => {
    writeFiles(root, {
      "work/go.work":
        'go 1.22\n\nuse ./a // use ./no\n\nuse (\n\t"./b c"\n\t// ./no\n\t../outside\n\t./gone\n)\n',
      "work/a/go.mod": "module example.com/a\n",
      "work/b c/go.mod": "module example.com/b\n",
      "outside/go.mod": "module example.com/outside\n",
    });
    expect(readModules(join(root, "work/a/go.mod"), join(root, "work/go.work"))).toEqual({
      "example.com/a": join(root, "work/a"),
      "example.com/b": join(root, "work/b c"),
      "example.com/outside": join(root, "outside"),
    });
    expect(readModules(null, null)).toEqual({});
  });
});

describe("readHead", () => {
  const git = (args: readonly string[], cwd: string) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  test("branch, packed, detached, worktree, none", { timeout: 30_000 }, () => {
    const repository = join(root, "repository");
    mkdirSync(join(repository, "sub"), { recursive: true });
    git(["init", "-q", "-b", "feature/x"], repository);
    expect(readHead(repository)).toBeNull();
    writeFiles(repository, { f: "1" });
    git(["add", "."], repository);
    git(["commit", "-qm", "one"], repository);
    const head = git(["rev-parse", "HEAD"], repository);
    expect(readHead(join(repository, "sub"))).toBe(head);
    git(["pack-refs", "--all"], repository);
    expect(readHead(repository)).toBe(head);
    git(["worktree", "add", "-q", "-b", "other", join(root, "worktree")], repository);
    expect(readHead(join(root, "worktree"))).toBe(head);
    git(["commit", "-q", "--allow-empty", "-m", "two"], repository);
    git(["checkout", "-q", "--detach"], repository);
    expect(readHead(repository)).toBe(git(["rev-parse", "HEAD"], repository));
    expect(readHead(root)).toBeNull();
  });
});
