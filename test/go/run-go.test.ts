import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import type { GoExit } from "../../src/go/run-go.ts";
import { runGo } from "../../src/go/run-go.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const directory = join(root, "m");
const env = goEnvironment(root, { CGO_ENABLED: "0" });

/** Runs runGo in a process of its own, whose streams can be watched and which can be sent signals. */
function wrapped(path: string, args: readonly string[], more: Record<string, string> = {}, mode = "inherit") {
  const result = join(root, `result-${Math.random()}.json`);
  const child = spawn(process.execPath, [join(root, "harness.mjs"), result, mode, path, ...args], {
    cwd: directory,
    env: { ...env, PWD: directory, ...more },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const end = new Promise<GoExit & { stdout: string; stderr: string }>((resolve) => {
    child.once("exit", () => {
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ...(JSON.parse(readFileSync(result, "utf8")) as GoExit), stdout, stderr });
    });
  });
  return { child, end };
}

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error("it never came");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

const pidIn = (file: string) => Number(readFileSync(join(root, file), "utf8"));
const has = (file: string) => existsSync(join(root, file)) && pidIn(file) > 0;

beforeAll(() => {
  buildSync({
    entryPoints: [join(import.meta.dirname, "../../src/go/run-go.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: join(root, "run-go.mjs"),
  });
  mkdirSync(directory);
  writeFiles(root, {
    "harness.mjs": `import { writeFileSync } from "node:fs";
import { runGo } from "./run-go.mjs";
const [result, mode, path, ...args] = process.argv.slice(2);
const stderr = mode === "inherit" ? "inherit" : (chunk) => process.stderr.write(chunk);
writeFileSync(result, JSON.stringify(await runGo({ path, args, env: process.env, stderr })));
process.exit(0);
`,
    "slow-tool": `#!/bin/sh
case "$*" in *-V=full*) exec "$@";; esac
case "$*" in *" -p example.com/m/lib "*) echo $$ > ${root}/"$MARK"; exec sleep "$SLEEP";; esac
exec "$@"
`,
    "m/go.mod": "module example.com/m\n\ngo 1.22\n",
    "m/lib/lib.go": "package lib\n",
    "m/main.go":
      'package main\n\nimport (\n\t"os"\n\t"strconv"\n\t"time"\n)\n\nfunc main() {\n\tos.WriteFile(os.Args[1], []byte(strconv.Itoa(os.Getpid())), 0o600)\n\ttime.Sleep(time.Minute)\n}\n',
  });
  chmodSync(join(root, "slow-tool"), 0o755);
});

describe("status and streams", () => {
  test("status, stdin, stdout and stderr are the command's", async () => {
    const run = wrapped("/bin/sh", ["-c", "cat; echo $PWD; echo err >&2; exit 3"]);
    run.child.stdin.end("in\n");
    const result = await run.end;
    expect(result).toMatchObject({ exitCode: 3, signal: null, interrupted: false, startError: null });
    expect(result).toMatchObject({ stdout: `in\n${directory}\n`, stderr: "err\n" });
    expect(Date.parse(result.startedAt)).toBe(result.startedAtMs);
  });

  test("128 + n after a signal", async () => {
    expect(await wrapped("/bin/sh", ["-c", "kill -KILL $$"]).end).toMatchObject({
      exitCode: 137,
      signal: "SIGKILL",
      interrupted: false,
    });
  });

  test("126 and 127 where it can't be started, and no handler stays", async () => {
    const count = () => process.listenerCount("SIGTERM");
    const before = count();
    const options = { args: [], env: {}, stderr: "inherit" } as const;
    expect(await runGo({ ...options, path: join(root, "none") })).toMatchObject({ exitCode: 127 });
    expect(await runGo({ ...options, path: directory })).toMatchObject({ exitCode: 126 });
    expect(count()).toBe(before);
  });

  test("a piped stderr comes whole, and a process left behind doesn't keep us", async () => {
    const script = "sleep 20 & i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done; exit 5";
    const before = Date.now();
    const result = await wrapped("/bin/sh", ["-c", script], {}, "pipe").end;
    expect(result.exitCode).toBe(5);
    expect(result.stderr.split("\n")).toHaveLength(2001);
    expect(result.clockSeconds).toBeLessThan(5);
    expect(Date.now() - before).toBeLessThan(10_000);
  });
});

describe.runIf(process.platform === "linux")("signals", () => {
  const slowBuild = (mark: string, sleep: string) =>
    wrapped("go", ["build", `-toolexec=${join(root, "slow-tool")}`, "./lib"], { MARK: mark, SLEEP: sleep });

  test.each(["SIGTERM", "SIGHUP"] as const)(
    "%s ends go build and its compiler",
    { timeout: 90_000 },
    async (signal) => {
      const run = slowBuild(`pid-${signal}`, "300");
      await until(() => has(`pid-${signal}`));
      run.child.kill(signal);
      expect(await run.end).toMatchObject({
        exitCode: signal === "SIGTERM" ? 143 : 129,
        signal,
        interrupted: true,
      });
      await until(() => !isAlive(pidIn(`pid-${signal}`)));
    },
  );

  test("SIGINT ends go build and its compiler, without a terminal too", { timeout: 90_000 }, async () => {
    const run = slowBuild("pid-int", "300");
    await until(() => has("pid-int"));
    run.child.kill("SIGINT");
    expect(await run.end).toMatchObject({ exitCode: 130, signal: "SIGINT", interrupted: true });
    await until(() => !isAlive(pidIn("pid-int")));
  });

  test("SIGTERM ends go run and its program", { timeout: 180_000 }, async () => {
    go(["build", "-o", join(root, "unused"), "."], directory, env);
    const run = wrapped("go", ["run", ".", join(root, "pid-run")]);
    await until(() => has("pid-run"));
    run.child.kill("SIGTERM");
    expect(await run.end).toMatchObject({ exitCode: 143, interrupted: true });
    await until(() => !isAlive(pidIn("pid-run")));
  });
});
