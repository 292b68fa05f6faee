import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
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

  test("flags for C compilers are as go env prints them, and the cache gets no entry", {
    timeout: 60_000,
  }, async () => {
    const file = join(root, "goenv-c");
    writeFiles(root, { "goenv-c": "CGO_CXXFLAGS=-O3  -g\nCGO_LDFLAGS=-L/x\n" });
    const envs = [
      {},
      { CGO_CFLAGS: " -O1   -g '-DA=b c' ", CGO_CPPFLAGS: "-DX", PKG_CONFIG: "/opt/pkg-config" },
      { GOENV: file, CGO_LDFLAGS: "-L/y", CGO_CXXFLAGS: "" },
    ];
    for (const [at, more] of envs.entries()) {
      const cache = join(root, `cache-${at}`);
      const env = goEnvironment(root, { CGO_ENABLED: "1", GOCACHE: cache, ...more });
      const settings = await readSettings(path, env, directory);
      if ("problem" in settings) throw new Error(settings.problem);
      const names = existsSync(cache) ? readdirSync(cache, { recursive: true, encoding: "utf8" }) : [];
      expect(names.filter((name) => name.endsWith("-a"))).toEqual([]);
      const { GOGCCFLAGS: _, ...own } = JSON.parse(go(["env", "-json"], directory, env));
      // A name that is set nowhere, or not on this architecture, has no value.
      const { env: found } = settings;
      const known = Object.entries(found).filter(([name, value]) => value !== "" || name in own);
      expect(Object.fromEntries(known)).toEqual(own);
    }
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
