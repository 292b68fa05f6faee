import { appendFileSync, mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openCache } from "../../src/go/cache.ts";
import { openTestResults } from "../../src/go/test-results.ts";
import { testResultKey } from "../../src/keys/test-key.ts";
import type { Digest } from "../../src/model/ids.ts";
import { type RecomputedTest, recomputeTestKeys } from "./recompute-test-keys.ts";
import { go, goEnvironment, temporaryDirectory } from "./temporary.ts";
import { failingPackage, keptPackages, writeTestedModule, writingPackage } from "./tested-module.ts";

const root = temporaryDirectory();
const module = join(root, "tested");
const environment = {
  ...goEnvironment(root),
  PWD: module,
  TESTED_DOOR: join(root, "door"),
  TESTED_EMPTY: "",
  TESTED_TEXT: "täxt",
};
const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}, directory = module) =>
  recomputeTestKeys(["test", ...words], directory, { ...environment, PWD: directory, ...env });
const named = (tests: readonly RecomputedTest[], name: string): RecomputedTest => {
  const found = tests.find((one) => one.package === name || one.package.endsWith(`/${name}`));
  if (found === undefined) throw new Error(`no test of ${name}`);
  return found;
};

beforeAll(() => {
  mkdirSync(module);
  writeTestedModule(module, join(root, "door"));
  // Fills the cache: each test below stands by itself.
  run(["./..."]);
}, 300_000);

describe("the recomputed key of a result is an entry of the cache", () => {
  test("of each package that go keeps a result of, and of no other", () => {
    const { tests, notCacheable } = run(["./..."]);
    expect(notCacheable).toEqual([]);
    for (const name of keptPackages)
      expect(named(tests, name)).toMatchObject({ said: "cached", found: "link", older: true });
    expect(named(tests, failingPackage)).toMatchObject({ said: "FAIL", found: null, testId: null });
    expect(named(tests, writingPackage)).toMatchObject({ said: "ok", found: null });
    expect(named(tests, "notests")).toMatchObject({ said: "no test files", found: null });
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ["-v", ["-v"], {}],
    ["-json", ["-json"], {}],
    ["-run, -short, -timeout", ["-run=Test", "-short", "-timeout", "90s"], {}],
    ["-coverprofile", ["-coverprofile", join(root, "profile")], {}],
    ["GOFLAGS", [], { GOFLAGS: "-v '-run=Test.*'" }],
    ["GODEBUG", [], { GODEBUG: "panicnil=1" }],
    ["CC and GOTMPDIR, which go sets for itself", [], { CC: "cc", GOTMPDIR: root }],
    ["TZ", [], { TZ: "America/Sao_Paulo" }],
    ["an unknown TZ", [], { TZ: "Nowhere" }],
    ["no TZ", [], { TZ: "" }],
  ])("with %s", (_, flags, env) => {
    const words = [...flags, "./plain", "./files", "./environment", "./embedded"];
    const first = run(words, env);
    for (const one of first.tests)
      expect(one).toMatchObject({ found: "link", profile: flags[0] === "-coverprofile" ? true : null });
    const second = run(words, env);
    for (const one of second.tests) expect(one).toMatchObject({ said: "cached", found: "link", older: true });
  });

  test("from another directory", () => {
    const words = ["../environment", "../plain"];
    expect(run(words, {}, join(module, "plain")).tests.map(({ said }) => said)).toEqual(["ok", "cached"]);
    for (const one of run(words, {}, join(module, "plain")).tests)
      expect(one).toMatchObject({ said: "cached", found: "link" });
  });

  test("by the binary, where it was linked anew to the same bytes", () => {
    run(["./plain"]);
    const { tests } = run(["./plain"], { GO_EXTLINK_ENABLED: "0" });
    expect(tests).toMatchObject([{ said: "cached", found: "binary", older: true }]);
  });
});

describe("what changed has another value in the entries", () => {
  const valuesOf = ({ inputs }: RecomputedTest) =>
    new Map(inputs?.entries.map(({ op, name, value }) => [`${op} ${name}`, value]));
  const differing = (before: RecomputedTest, now: RecomputedTest): string[] => {
    const was = valuesOf(before);
    return [...valuesOf(now)].filter(([key, value]) => was.get(key) !== value).map(([key]) => key);
  };
  const change = (name: string, act: () => Readonly<Record<string, string>>): string[] => {
    const before = named(run(["./..."]).tests, name);
    const env = act();
    const now = named(run(["./..."], env).tests, name);
    expect(before.said).toBe("cached");
    expect(now.said).toBe("ok");
    expect(now.found).toBe("link");
    expect(now.older).toBe(false);
    return differing(before, now);
  };

  test("a variable", () => {
    expect(change("environment", () => ({ TESTED_UNSET: "" }))).toEqual(["env TESTED_UNSET"]);
  });

  test("a file", () => {
    const file = join(module, "files/testdata/a.txt");
    const opened = change("files", () => {
      writeFileSync(file, "longer than before\n");
      utimesSync(file, 1_700_000_000, 1_700_000_000);
      return {};
    });
    // Its folder was listed, too, and an absolute path is hashed as the test wrote it.
    const folder = join(module, "files/testdata");
    expect(opened.sort()).toEqual(
      [`open ${folder}`, `open ${file}`, `open ${folder}/sub/../a.txt`, `stat ${file}`].sort(),
    );
  });

  test("a directory's entries", () => {
    const folder = join(module, "directories/testdata/names");
    const changed = change("directories", () => {
      renameSync(join(folder, "a"), join(folder, "b"));
      return {};
    });
    expect(changed).toEqual([`open ${join(folder, "..")}`, `open ${folder}`]);
  });
});

describe("what the cache keeps", () => {
  const gocache = join(root, "gocache");
  const kept = (): { testId: Digest; key: Digest } => {
    run(["./plain"]);
    const { testId, inputs } = named(run(["./plain"]).tests, "plain");
    if (testId === null || !inputs?.digest) throw new Error("no result of plain");
    return { testId, key: testResultKey(testId, inputs.digest) };
  };

  test("a log and a result, with the moment at which they were stored", () => {
    const { testId, key } = kept();
    const results = openTestResults(gocache);
    const log = results.readTestLog(testId);
    expect(Buffer.concat([...(log?.chunks() ?? [])]).toString()).toBe("# test log\n");
    expect(log?.size).toBe(11);
    expect(Math.abs((log?.putAtMs ?? 0) - Date.now())).toBeLessThan(600_000);
    expect(results.readResult(key)).toMatchObject({ accepted: true });
    // A log is no result.
    expect(results.readResult(testId)).toMatchObject({ accepted: false });
    expect(results.storedAtMs(key)).toBe(results.readResult(key)?.putAtMs);
  });

  test("go clean -testcache: results from before don't count", () => {
    const { key } = kept();
    expect(openTestResults(gocache).testExpireMs()).toBeNull();
    go(["clean", "-testcache"], module, environment);
    const results = openTestResults(gocache);
    expect(results.testExpireMs()).toBeGreaterThan(
      results.readResult(key)?.putAtMs ?? Number.POSITIVE_INFINITY,
    );
    expect(run(["./plain"]).tests).toMatchObject([{ said: "ok", found: "link", older: false }]);
    expect(results.testExpireMs()).toBeLessThan(results.readResult(key)?.putAtMs ?? 0);
  });

  test("outputs that are not what was stored are not taken, nor by go", () => {
    const { testId, key } = kept();
    const results = openTestResults(gocache);
    const output = openCache(gocache).entry(key)?.outputId ?? "";
    appendFileSync(join(gocache, output.slice(0, 2), `${output}-d`), "x");
    expect(results.readResult(key)).toBeNull();
    expect(results.readTestLog(testId)).not.toBeNull();
    expect(run(["./plain"]).tests).toMatchObject([{ said: "ok" }]);
  });

  test("no cache, no answer", () => {
    const digest = "0".repeat(64) as Digest;
    for (const place of [null, join(root, "absent"), join(module, "go.mod")]) {
      const results = openTestResults(place);
      expect(results.readTestLog(digest)).toBeNull();
      expect(results.readResult(digest)).toBeNull();
      expect(results.storedAtMs(digest)).toBeNull();
      expect(results.testExpireMs()).toBeNull();
    }
  });
});
