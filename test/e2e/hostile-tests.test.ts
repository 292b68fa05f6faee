import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSandbox, report, type Sandbox } from "./sandbox.ts";
import { wrappedTests } from "./wrapped-tests.ts";

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "env/env_test.go":
    'package env\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc Test(t *testing.T) { t.Log(os.Getenv("GREETING")) }\n',
};

const hourAgo = new Date(Date.now() - 3_600_000);

function sandboxOf(more: Readonly<Record<string, string>> = {}): Sandbox {
  const all = { ...files, ...more };
  const sandbox = makeSandbox(all);
  for (const name of Object.keys(all)) utimesSync(join(sandbox.module, name), hourAgo, hourAgo);
  return sandbox;
}

/** Replaces what the cache holds as the log of a test by this text, with an index entry that agrees. */
function replaceTestLog(cache: string, text: string): number {
  let replaced = 0;
  for (const folder of readdirSync(cache).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    for (const name of readdirSync(join(cache, folder)).filter((each) => each.endsWith("-a"))) {
      const path = join(cache, folder, name);
      const [version, key, output = "", , time] = readFileSync(path, "latin1").trim().split(/ +/);
      const held = join(cache, output.slice(0, 2), `${output}-d`);
      if (statSync(held, { throwIfNoEntry: false })?.isFile() !== true) continue;
      if (!readFileSync(held, "latin1").startsWith("# test log\n")) continue;
      const other = createHash("sha256").update(text).digest("hex");
      mkdirSync(join(cache, other.slice(0, 2)), { recursive: true });
      writeFileSync(join(cache, other.slice(0, 2), `${other}-d`), text);
      const size = String(Buffer.byteLength(text)).padStart(20);
      writeFileSync(path, `${version} ${key} ${other} ${size} ${String(time).padStart(20)}\n`);
      replaced++;
    }
  }
  return replaced;
}

test("a log of more than a million lines: told as go tells it, and the record stays small", {
  timeout: 300_000,
}, () => {
  const name = "many/many_test.go";
  const sandbox = sandboxOf({
    [name]: `package many

import (
	"os"
	"strconv"
	"testing"
)

func Test(t *testing.T) {
	for at := range 1_200_000 {
		os.Getenv("MANY_" + strconv.Itoa(at))
	}
}
`,
  });
  expect(wrappedTests(sandbox, ["test", "./..."]).said).toEqual({ env: "ran", many: "ran" });
  expect(wrappedTests(sandbox, ["test", "./..."]).verdicts).toEqual({ env: "hit", many: "hit" });
  const changed = wrappedTests(sandbox, ["test", "./..."], { env: { MANY_7: "x" } });
  expect(changed.verdicts).toEqual({ env: "hit", many: "key-changed" });
  expect(changed.causes).toEqual(["test-env-changed MANY_7 observed"]);
  // Not proven, since only 5,000 inputs are kept. Beyond these: that the key is another one is certain, not by which variable.
  const beyond = wrappedTestsOrUnexplained(sandbox, { MANY_7: "x", MANY_1199999: "x" });
  expect(beyond.verdict).toBe("key-changed");
  expect(beyond.subjects).not.toContain("MANY_7");
  const [kept] = execFileSync("du", ["-sb", sandbox.state], { encoding: "utf8" }).split("\t");
  expect(Number(kept)).toBeLessThan(4_000_000);
});

function wrappedTestsOrUnexplained(sandbox: Sandbox, env: Record<string, string>) {
  const { report: told } = report(sandbox, ["go", "test", "./..."], { env, own: ["--all"] });
  const found = told.actions.find(({ key }) => key === "test example.com/m/many");
  return { verdict: found?.verdict, subjects: told.causes.map(({ subject }) => subject) };
}

test.each([
  ["words that no version of Go writes", "# test log\nnonsense\n"],
  ["an empty one", ""],
  ["no newline at its end", "# test log\ngetenv GREETING"],
  ["bytes", "# test log\n\u0000\u0001getenv\n\u00ff\n"],
])("a stored log that is malformed: %s", (_what, text) => {
  const sandbox = sandboxOf();
  wrappedTests(sandbox, ["test", "./..."]);
  expect(replaceTestLog(sandbox.cache, text)).toBeGreaterThan(0);
  // What go makes of it is what is told: `wrappedTests` compares them.
  const { said, verdicts } = wrappedTests(sandbox, ["test", "./..."]);
  expect(verdicts.env === "hit").toBe(said.env === "cached");
});
