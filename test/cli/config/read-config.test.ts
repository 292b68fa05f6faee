import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { emptyConfig } from "../../../src/cli/config/config.ts";
import { findConfig } from "../../../src/cli/config/find-config.ts";
import { parseConfig } from "../../../src/cli/config/parse-config.ts";
import { readConfig } from "../../../src/cli/config/read-config.ts";
import { noLimits } from "../../../src/report/check/limits.ts";
import { validator } from "../../report/schema.ts";

const root = mkdtempSync(join(tmpdir(), "gocache-why-config-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text = ""): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const whole = `{
  "$schema": "node_modules/gocache-why/schema/config.schema.json",
  "prometheus": "../metrics/go.prom",
  "ndjson": "runs.ndjson",
  "traceCache": true,
  "check": {
    "maxMissed": 10, "maxSeconds": 1.5, "minHitRate": 95,
    "failOn": ["directory-moved", "env-changed:CGO_CFLAGS"],
    "allow": ["file-edited"],
    "packages": { "./internal/...": { "maxMissed": 0 } }
  },
  "doctor": { "ignore": [{ "code": "gocache-in-tmpfs", "file": ".gitlab-ci.yml", "reason": "it is warm" }, { "code": "x", "reason": "y" }] }
}`;

describe("parseConfig", () => {
  test("reads every key", () => {
    expect(validator("config")(JSON.parse(whole))).toBe(true);
    expect(parseConfig(whole, "/src/m/.gocache-why.json", "c.json")).toEqual({
      problems: [],
      config: {
        path: "/src/m/.gocache-why.json",
        prometheus: "/src/metrics/go.prom",
        ndjson: "/src/m/runs.ndjson",
        traceCache: true,
        check: {
          all: {
            maxMissed: 10,
            maxSeconds: 1.5,
            minHitRate: 95,
            failOn: [
              { code: "directory-moved", subject: null },
              { code: "env-changed", subject: "CGO_CFLAGS" },
            ],
            allow: [{ code: "file-edited", subject: null }],
          },
          packages: [{ pattern: "./internal/...", limits: { ...noLimits, maxMissed: 0 } }],
        },
        doctor: {
          ignore: [
            { code: "gocache-in-tmpfs", file: ".gitlab-ci.yml", reason: "it is warm" },
            { code: "x", file: null, reason: "y" },
          ],
        },
      },
    });
  });

  const broken: [string, RegExp][] = [
    ["", /^c:1: it is no JSON: it is empty; \{\} is the least$/],
    ['{\n  "check": {,}\n}', /^c:2: it is no JSON: Unexpected token Comma found\.$/],
    ["[]", /^c:1: the configuration has to be an object: \{ … \}$/],
    [
      '{\n"promethus": "x"}',
      /^c:2: unknown key "promethus" in the configuration; it knows prometheus, ndjson, traceCache, check, doctor$/,
    ],
    ['{"traceCache": "yes"}', /^c:1: traceCache has to be true or false$/],
    ['{"prometheus": ["x"]}', /^c:1: a path has to stand here, in quotes$/],
    ['{"check": {\n"maxMissed": "1"}}', /^c:2: check\.maxMissed is a number of actions: 0, 1, 2, …$/],
    ['{"check": {\n"maxMissed": -1}}', /^c:2: check\.maxMissed is a number of actions/],
    [
      '{"check": {\n"minHitRate": 0.95}}',
      /^c:2: check\.minHitRate is a percentage from 0 to 100: 95 for 95 %$/,
    ],
    ['{"check": {"failOn": "env-changed"}}', /^c:1: check\.failOn has to be a list: \[ … \]$/],
    [
      '{"check": {"failOn": [\n"env-change"]}}',
      /^c:2: check\.failOn: "env-change" is no code of a cause; near: env-changed/,
    ],
    [
      '{"check": {"allow": ["env-changed:"]}}',
      /^c:1: check\.allow: "env-changed:" has no subject behind the colon$/,
    ],
    [
      '{"check": {"packages": {"./x": {"most": 1}}}}',
      /^c:1: unknown key "most" in check\.packages\["\.\/x"\]; it knows maxMissed/,
    ],
    [
      '{"check": {"maxMissed": 1,\n"maxMissed": 2}}',
      /^c:2: "maxMissed" stands twice in check; the first counts$/,
    ],
    ['{"doctor": {"ignore": [{"code": "a"}]}}', /^c:1: doctor\.ignore needs a reason/],
    ['{"__proto__": {"prometheus": "x"}}', /^c:1: unknown key "__proto__"/],
    [`{"check": ${"[".repeat(100_000)}`, /^c:1: it is no JSON: /],
  ];
  test.each(broken)("tells with its line what is wrong in %j", (text, message) => {
    const { problems, config } = parseConfig(text, "/m/c", "c");
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(config.prometheus).toBeNull();
  });

  test("what is right beside it counts", () => {
    const text =
      '{"ndjson": "a", "metrics": 1, "check": {"maxMissed": 1, "maxSeconds": "x"}, "doctor": {"ignore": [{"code": "a", "file": 1, "reason": "r"}]}}';
    const { problems, config } = parseConfig(text, "/m/c", "c");
    expect(problems).toHaveLength(3);
    expect(config.ndjson).toBe("/m/a");
    expect(config.check.all).toEqual({ ...noLimits, maxMissed: 1 });
    // Ignored for all files it would hide what nobody meant.
    expect(config.doctor.ignore).toEqual([]);
  });
});

describe("findConfig", () => {
  test("takes the nearest one, and none from above the repository", () => {
    write("a/.gocache-why.json");
    write("a/repository/.git/HEAD");
    write("a/repository/m/go.mod");
    write("a/other/m/sub/go.mod");
    const near = write("a/other/m/.gocache-why.json");
    expect(findConfig(join(root, "a/other/m/sub"))).toBe(near);
    expect(findConfig(join(root, "a/other"))).toBe(join(root, "a/.gocache-why.json"));
    expect(findConfig(join(root, "a/repository/m"))).toBeNull();
    const own = write("a/repository/.gocache-why.json");
    expect(findConfig(join(root, "a/repository/m"))).toBe(own);
  });
});

describe("readConfig", () => {
  test("names the file from where the tool was started", async () => {
    write("b/.gocache-why.json", '{\n\n"x": 1}');
    const { config, problems } = await readConfig(join(root, "b"), root);
    expect(problems).toEqual([expect.stringMatching(/^b\/\.gocache-why\.json:3: unknown key "x"/)]);
    expect(config.path).toBe(join(root, "b/.gocache-why.json"));
  });

  test("a file that can't be read costs one line", async () => {
    mkdirSync(join(root, "c/.gocache-why.json"), { recursive: true });
    expect(await readConfig(join(root, "c"))).toEqual({
      config: emptyConfig,
      problems: [".gocache-why.json can't be read: EISDIR"],
    });
    write("d/.gocache-why.json", " ".repeat(1024 * 1024 + 1));
    expect((await readConfig(join(root, "d"))).problems).toEqual([
      ".gocache-why.json is not read: it is larger than 1 MiB",
    ]);
  });
});
