import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { renderJson } from "../../src/report/renderers/json.ts";
import { buildReport } from "../report/build-report.ts";
import { closedValidator } from "../report/schema.ts";
import { situations } from "../report/situations.ts";
import { runMain } from "./run-main.ts";

const root = mkdtempSync(join(tmpdir(), "gocache-why-check-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, ".git"));
writeFileSync(join(root, "why.json"), renderJson(buildReport(situations["edit-and-variable"] ?? {})));

const logs = join(import.meta.dirname, "../../testdata/demo");
const check = (...words: string[]) => runMain(root, ["check", ...words]);
const configure = (config: unknown) =>
  writeFileSync(
    join(root, ".gocache-why.json"),
    typeof config === "string" ? config : JSON.stringify(config),
  );

test.each([
  [["why.json"], 2, "", /^gocache-why: check needs a limit: --max-missed, /],
  [
    ["why.json", "--max-missed", "39"],
    0,
    /^gocache-why: within limits: 39 actions missed, 39 are allowed\n$/,
    "",
  ],
  [
    ["why.json", "--max-missed", "3"],
    10,
    /^gocache-why: 1 of 1 limit exceeded\n {2}39 actions missed, 3 are allowed: .*\n$/,
    "",
  ],
  [
    ["why.json", "--min-hit-rate", "90%", "--max-seconds", "9", "--fail-on", "directory-moved"],
    0,
    /: within limits: /,
    "",
  ],
  [
    ["why.json", "--min-hit-rate", "0.9"],
    2,
    "",
    /argument '0\.9' is invalid\. It is a percentage from 0 to 100: 95 for 95 %\./,
  ],
  [["why.json", "--max-missed", "some"], 2, "", /It is a number of actions/],
  [["why.json", "--max-missed", "-1"], 2, "", /It is a number of actions|argument missing/],
  [["why.json", "--fail-on", "env"], 2, "", /"env" is no code of a cause; near: env-changed/],
  [["missing.json", "--max-missed", "0"], 1, "", /^gocache-why: there is no file missing\.json\n$/],
  [["--max-missed", "0"], 1, "", /^gocache-why: there is no run @1: /],
  [
    [join(logs, "before.log"), join(logs, "now.log"), "--fail-on", "file-edited:price/price.go"],
    10,
    /file-edited:price\/price\.go occurred/,
    "",
  ],
  [
    [join(logs, "before.log"), join(logs, "now.log"), "--max-missed", "0", "--package", "./nowhere"],
    1,
    "",
    /^gocache-why: no package of the run is one of \.\/nowhere\n$/,
  ],
  [
    [join(logs, "before.log"), join(logs, "now.log"), "--min-hit-rate", "100", "--package", "internal/abi"],
    0,
    /^gocache-why: within limits: internal\/abi: 100 % were hits/,
    "",
  ],
] as const)("check %j exits with %i", async (words, status, stdout, stderr) => {
  rmSync(join(root, ".gocache-why.json"), { force: true });
  const outcome = await check(...words);
  expect(outcome).toMatchObject({ status });
  for (const [text, expected] of [
    [outcome.stdout, stdout],
    [outcome.stderr, stderr],
  ] as const) {
    if (expected === "") expect(text).toBe("");
    else expect(text).toMatch(expected);
  }
});

test("limits come from the configuration too, an option stands above the one of its name", async () => {
  configure({
    check: { maxMissed: 50, failOn: ["env-changed"], packages: { "./internal/...": { maxMissed: 10 } } },
  });
  const file = join(root, "check.json");
  expect(
    (await check("why.json", "--max-missed", "0", "--format", "json", "--output", "check.json")).status,
  ).toBe(10);
  const { checks } = JSON.parse(readFileSync(file, "utf8"));
  expect(
    checks.map((each: Record<string, unknown>) => [each.limit, each.package, each.wanted, each.ok]),
  ).toEqual([
    ["maxMissed", null, 0, false],
    ["failOn", null, "env-changed", false],
    ["maxMissed", "./internal/...", 10, false],
  ]);
  expect(closedValidator("check")(JSON.parse(readFileSync(file, "utf8")))).toBe(true);
});

test("a misspelled limit is no pass", async () => {
  configure('{ "check": { "maxMised": 0,\n "maxSeconds": 100 } }');
  expect(await check("why.json")).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^gocache-why: \.gocache-why\.json:1: unknown key "maxMised" in check; it knows maxMissed, /,
    ),
  });
});
