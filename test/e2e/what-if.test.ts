import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, inject, test } from "vitest";
import { changesOf, disagreement, type Place, smallModule } from "../../scripts/what-if/changes.mjs";
import type { WhatIfReport } from "../../src/report/what-if.ts";
import { closedValidator } from "../report/schema.ts";
import { cacheFiles } from "./cache-entries.ts";
import { makeSandbox, type Sandbox, tool } from "./sandbox.ts";

// -race compiles the standard library once more: minutes, so that scripts/check-what-if.mjs has it.
const changes = changesOf("lib/lib.go").filter(({ name }) => !name.includes("-race"));

function build(sandbox: Sandbox, place: Place): void {
  const { status, stderr } = tool(sandbox, ["--quiet", "go", ...place.words], {
    cwd: place.checkout,
    env: place.env,
  });
  expect([status, stderr]).toEqual([0, ""]);
}

function whatIf(sandbox: Sandbox, place: Place, words: readonly string[]): WhatIfReport {
  const { stdout, stderr, status } = tool(sandbox, ["what-if", ...words, "--format", "json"], {
    cwd: place.checkout,
    env: place.env,
  });
  expect([status, stderr]).toEqual([0, ""]);
  const told = JSON.parse(stdout) as WhatIfReport;
  const validate = closedValidator("what-if");
  expect(validate(told), JSON.stringify(validate.errors)).toBe(true);
  return told;
}

describe.each(changes)("$name", { timeout: 300_000 }, ({ before, now, suppose }) => {
  const sandbox = makeSandbox(smallModule);
  let place: Place = {
    checkout: sandbox.module,
    words: ["build", "-o", "bin/", "./..."],
    env: { ...sandbox.env, CGO_ENABLED: "1", GOFLAGS: "-buildvcs=false" },
    edit: "lib/lib.go",
  };
  place = before?.(place) ?? place;

  test("what is predicted is what a real build does, and nothing of the user's is touched", () => {
    build(sandbox, place);
    place = now(place);
    build(sandbox, place);
    const entries = cacheFiles(sandbox.cache);
    for (const words of suppose) {
      const told = whatIf(sandbox, place, [...words, "--verify"]);
      expect([words, disagreement(told)]).toEqual([words, null]);
      expect(told.missed).toBeGreaterThan(0);
    }
    expect(cacheFiles(sandbox.cache)).toEqual(entries);
  });
});

describe("results of tests", { timeout: 300_000 }, () => {
  const testOf = (name: string, body: string): string =>
    `package ${name}\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc Test(t *testing.T) { t.Log(${body}) }\n`;
  const files = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "temp/temp_test.go": testOf("temp", "len(os.TempDir())"),
    "file/file_test.go": testOf("file", 'os.ReadFile("testdata/in.txt")'),
    "file/testdata/in.txt": "in\n",
  };
  const old = new Date("2026-01-02T03:04:05Z");
  const sandbox = makeSandbox(files);
  for (const name of Object.keys(files)) utimesSync(join(sandbox.module, name), old, old);
  const place = (words: readonly string[], env: Record<string, string> = {}): Place => ({
    checkout: sandbox.module,
    words: ["test", ...words, "./..."],
    env: { ...sandbox.env, ...env },
    edit: "",
  });
  const wouldHit = (told: WhatIfReport): readonly string[] =>
    told.actions.flatMap(({ key, would }) => (key.startsWith("test ") && would === "hit" ? key : [])).sort();
  const temp = "test example.com/m/temp";
  const file = "test example.com/m/file";

  test("a variable and the times of files, alone and together", () => {
    build(sandbox, place([]));
    const later = new Date("2026-02-03T04:05:06Z");
    utimesSync(join(sandbox.module, "file/testdata/in.txt"), later, later);
    const now = place([], { TMPDIR: "/var/tmp" });
    build(sandbox, now);
    const set = ["--set", `TMPDIR=${sandbox.tmp}`];
    expect(wouldHit(whatIf(sandbox, now, set))).toEqual([temp]);
    expect(wouldHit(whatIf(sandbox, now, ["--same-mtimes"]))).toEqual([file]);
    const both = whatIf(sandbox, now, [...set, "--same-mtimes"]);
    expect(wouldHit(both)).toEqual([file, temp]);
    expect(both).toMatchObject({ missed: 2, wouldMiss: 0 });
  });

  test("-v", () => {
    const now = place(["-v"], { TMPDIR: "/var/tmp" });
    build(sandbox, now);
    const told = whatIf(sandbox, now, ["--without-flag", "-v"]);
    expect(told.missed).toBe(2);
    expect(wouldHit(told)).toEqual([file, temp]);
  });
});

test("a signal during --verify leaves nothing: no copies, no process", { timeout: 300_000 }, async () => {
  const sandbox = makeSandbox(smallModule);
  const place: Place = {
    checkout: sandbox.module,
    words: ["build", "-o", "bin/", "./..."],
    env: { ...sandbox.env, CGO_ENABLED: "1", GOFLAGS: "-buildvcs=false" },
    edit: "lib/lib.go",
  };
  build(sandbox, place);
  build(sandbox, { ...place, env: { ...place.env, CGO_CFLAGS: "-O2 -g -DOTHER" } });
  const folder = join(sandbox.state, "gocache-why");
  const kept = readdirSync(folder).sort();
  const child = spawn(process.execPath, [inject("tool"), "what-if", "--set", "CGO_CFLAGS=-O3", "--verify"], {
    cwd: place.checkout,
    env: { ...place.env, PWD: place.checkout },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  // Copies are there, and go is at work in them.
  const scratch = (): string | undefined => readdirSync(folder).find((name) => !kept.includes(name));
  while (scratch() === undefined || !hasProcessBelow(join(folder, scratch() ?? ""))) {
    expect(child.exitCode).toBeNull();
    await setTimeout(20);
  }
  const copies = join(folder, scratch() ?? "");
  child.kill("SIGTERM");
  const [status, signal] = await ended;
  expect([status, signal]).not.toEqual([0, null]);
  expect(readdirSync(folder).sort()).toEqual(kept);
  for (let tries = 0; tries < 100 && hasProcessBelow(copies); tries++) await setTimeout(50);
  expect(hasProcessBelow(copies)).toBe(false);
});

/** Whether a process of the machine has a folder below this one among its words or as its place. */
function hasProcessBelow(folder: string): boolean {
  return readdirSync("/proc").some((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      return words.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
