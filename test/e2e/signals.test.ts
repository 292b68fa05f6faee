import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { appAndLib } from "./app-and-lib.ts";
import { environment, makeSandbox, recordedRuns, report, type Sandbox, tool } from "./sandbox.ts";
import { makeExecutable, pathWithGo } from "./wrapper-script.ts";
import { writeFiles } from "./write-files.ts";

const files = {
  ...appAndLib,
  // Tells its own id, then waits for a signal.
  "wait/main.go": `package main

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	if os.Getenv("HANDLE") != "" {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt)
		go func() { <-signals; os.Exit(7) }()
	}
	os.WriteFile(os.Getenv("MARK"), []byte(fmt.Sprint(os.Getpid())), 0o666)
	time.Sleep(time.Minute)
}
`,
};
const build = ["go", "build", "-o", "bin/", "."];

let sandbox: Sandbox;
let mark: string;
/** A -toolexec program whose compiler of one package never ends. */
let slow: string;

beforeAll(() => {
  sandbox = makeSandbox(files);
  mark = join(sandbox.root, "mark");
  slow = makeExecutable(
    sandbox.root,
    "slow",
    `case "$*" in *-V=full*) ;; *" -p example.com/m/lib "*) echo $$ >"${mark}"; exec sleep 60 ;; esac\nexec "$@"\n`,
  );
});
beforeEach(() => {
  rmSync(mark, { force: true });
  rmSync(sandbox.state, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly end: Promise<{ status: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

function start(words: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [inject("tool"), ...words], {
    cwd: sandbox.module,
    env: environment(sandbox, sandbox.module, env),
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own, as a shell gives to what it starts.
    detached: true,
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const end = new Promise<Awaited<Started["end"]>>((resolve) => {
    child.once("close", (status, signal) => resolve({ status, signal, stderr }));
  });
  return { child, end };
}

async function markedProcess(): Promise<number> {
  const limit = Date.now() + 60_000;
  while (!existsSync(mark) || readFileSync(mark, "utf8") === "") {
    if (Date.now() > limit) throw new Error("the child never started");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Number(readFileSync(mark, "utf8"));
}

async function expectEnded(pid: number): Promise<void> {
  const isAlive = () => {
    try {
      return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch {
      return false;
    }
  };
  const limit = Date.now() + 5000;
  while (isAlive() && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAlive()).toBe(false);
}

describe.each(["SIGINT", "SIGTERM"] as const)("%s", (signal) => {
  const number = signal === "SIGINT" ? 2 : 15;

  test.each([["by default"], ["--in-band"]])("ends a build and its compiler, %s", async (way) => {
    const own = way === "--in-band" ? [way] : [];
    tool(sandbox, build);
    writeFiles(sandbox.module, {
      "lib/lib.go": `package lib\n\nfunc Name() string { return "${signal} ${way}" }\n`,
    });
    const { child, end } = start([...own, "go", "build", `-toolexec=${slow}`, "-o", "bin/", "."]);
    const compiler = await markedProcess();
    child.kill(signal);
    const { status } = await end;
    // Go ends itself with 1 where it has time to, and by the signal else.
    expect([1, 128 + number]).toContain(status);
    await expectEnded(compiler);
    const [newest, earlier] = recordedRuns(sandbox);
    expect(newest).toMatchObject({ exitCode: status, command: expect.arrayContaining(["build"]) });
    const next = report(sandbox, build);
    expect(next.report.before?.id).toBe(earlier?.id);
    expect(next.report.causes.map((cause) => cause.subject)).toEqual(["lib/lib.go"]);
  });

  test("ends a program that go run started", async () => {
    const { child, end } = start(["go", "run", "./wait"], { MARK: mark });
    const program = await markedProcess();
    // Go run leaves SIGINT to its program, which a terminal sends it too; kill(1) would reach go alone, and end nothing.
    process.kill(signal === "SIGINT" ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
    const { status } = await end;
    expect([1, 128 + number]).toContain(status);
    await expectEnded(program);
    expect(recordedRuns(sandbox)).toHaveLength(1);
  });
});

test("an interrupt that the program handles itself: its status is what go makes of it", async () => {
  const { child, end } = start(["go", "run", "./wait"], { MARK: mark, HANDLE: "1" });
  const program = await markedProcess();
  // As a terminal does: to all of the group. Go leaves it to the program, and so does the tool.
  process.kill(program, "SIGINT");
  child.kill("SIGINT");
  const { status, stderr } = await end;
  expect(status).toBe(1);
  expect(stderr).toContain("exit status 7");
  await expectEnded(program);
});

describe("after go has ended, while the inputs are asked for", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s: the build's status stands, and nothing is left",
    async (signal) => {
      const script = `case "$*" in *"-n -x"*) echo $$ >"${mark}"; exec sleep 60 ;; esac\nexec "$GO" "$@"\n`;
      const { child, end } = start(build, { PATH: pathWithGo(sandbox.root, "waiting", script) });
      const replay = await markedProcess();
      child.kill(signal);
      expect(await end).toEqual({ status: 0, signal: null, stderr: "" });
      await expectEnded(replay);
      expect(readdirSync(join(sandbox.state, "gocache-why"))).toEqual([]);
    },
  );
});

test("a verb that is only passed through gets the signal as well", async () => {
  const script = `echo $$ >"${mark}"; exec sleep 60\n`;
  const { child, end } = start(["go", "env"], { PATH: pathWithGo(sandbox.root, "passing", script) });
  const go = await markedProcess();
  child.kill("SIGTERM");
  expect(await end).toEqual({ status: 143, signal: null, stderr: "" });
  await expectEnded(go);
});
